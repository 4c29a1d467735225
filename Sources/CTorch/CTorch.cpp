// Fills the table of TorchAPI.h from LibTorch. <ATen/ATen.h> alone carries tensors and autograd, and compiles in half
// the time of <torch/torch.h>.
#include "CTorch.h"
#include "Guarded.h"
#include "ProcessGroup.h"

#include <ATen/ATen.h>
#include <ATen/CPUGeneratorImpl.h>
#include <ATen/Parallel.h>
#include <ATen/autocast_mode.h>
#include <torch/csrc/api/include/torch/version.h>
#if defined(__GLIBC__)
#include <malloc.h>
#endif
#include <cmath>
#include <sstream>
#include <string>

/// OpenBLAS', where it is the BLAS that LibTorch was given; null elsewhere.
extern "C" __attribute__((weak)) char *openblas_get_config();

struct torch_tensor {
  at::Tensor value;
};

namespace {

/// Runs `body` and hands its tensor out.
template <class Body> int32_t made(torch_tensor **out, Body body) {
  return guarded([&] { *out = new torch_tensor{body()}; });
}

at::IntArrayRef sizes(const int64_t *shape, int32_t rank) { return {shape, static_cast<size_t>(rank)}; }

at::Device place(torch_device device) { return device == TORCH_CUDA ? at::Device(at::kCUDA, 0) : at::Device(at::kCPU); }

void requireCount(const at::Tensor &tensor, int64_t count) {
  TORCH_CHECK(tensor.numel() == count, "the tensor has ", tensor.numel(), " elements; the buffer has ", count);
}

/// `e^z − 1` of a complex tensor, exact near 0, where the difference of the two would lose its digits.
at::Tensor complexExpm1(const at::Tensor &z) {
  auto x = at::real(z), y = at::imag(z);
  return at::complex(at::expm1(x) * at::cos(y) - 2 * at::sin(y / 2).square(), at::exp(x) * at::sin(y));
}

/// The impulse responses of diagonal state spaces under zero-order hold, `[channels, directions, samples]`:
/// `K[l] = 2 Re Σₙ Cₙ (e^(Δ Aₙ) − 1)/Aₙ · e^(l Δ Aₙ)` with `dt` Δ `[channels]`, `a` `[channels, states]` and `c`
/// `[channels, directions, states]`.
at::Tensor stateSpaceKernels(const at::Tensor &dt, const at::Tensor &a, const at::Tensor &c, int64_t samples) {
  auto dtA = a * dt.unsqueeze(-1);
  auto held = c * (complexExpm1(dtA) / a).unsqueeze(1);
  auto powers = at::exp(dtA.unsqueeze(-1) * at::arange(samples, dt.options()));  // [channels, states, samples]
  return 2 * at::real(at::matmul(held, powers));
}

/// "1.13.0", or "1.13.0 with OpenBLAS 0.3.21": matrix products of another library may round otherwise.
std::string libraryVersion() {
  std::string version = TORCH_VERSION;
  if (!openblas_get_config) return version;
  std::istringstream words(openblas_get_config());
  std::string name, number;
  words >> name >> number;
  return version + " with " + name + " " + number;
}

/// Nearly the orthogonal matrix U Vᵀ of a matrix U S Vᵀ, whose singular values come to lie between about 0.7 and 1.2: five
/// steps of a quintic Newton–Schulz iteration with the coefficients of Jordan et al. (see Muon.swift).
at::Tensor orthogonalized(const at::Tensor &matrix) {
  const bool isTall = matrix.size(0) > matrix.size(1);
  auto x = isTall ? matrix.t() : matrix;  // the shorter side first, for the smaller product
  x = x / (x.norm() + 1e-7);
  for (int step = 0; step < 5; ++step) {
    auto square = at::mm(x, x.t());
    auto polynomial = at::addmm(square, square, square, /* beta */ -4.7750, /* alpha */ 2.0315);
    x = at::addmm(x, polynomial, x, /* beta */ 3.4445, /* alpha */ 1);
  }
  return (isTall ? x.t() : x).contiguous();
}

/// `y[t] = Σ past[s] x[t − s] + Σ future[s] x[t + 1 + s]` over s ≥ 0, by FFT over twice the samples, so that nothing
/// wraps around; `x` is `[batch, channels, samples]`, the kernels `[channels, samples]`.
at::Tensor twoSidedConvolution(const at::Tensor &x, const at::Tensor &past, const at::Tensor &future) {
  const int64_t samples = x.size(-1);
  auto kernel = at::cat({past, future.flip(-1)}, -1);  // future[s] stands at −1 − s, counted from the end
  auto spectrum = at::fft_rfft(x, 2 * samples) * at::fft_rfft(kernel, 2 * samples);
  return at::fft_irfft(spectrum, 2 * samples).narrow(-1, 0, samples);
}

/// `[batch, channels, samples]` as an image of height 1 whose channels lie together in memory: oneDNN and the pooling and
/// normalization of LibTorch then work on it as it is, where they would reorder `[batch, channels, samples]` and back.
at::Tensor channelsLast(const at::Tensor &x) { return x.unsqueeze(2).contiguous(at::MemoryFormat::ChannelsLast); }

/// The way back; nothing is moved.
at::Tensor flat(const at::Tensor &x) { return x.squeeze(2); }

/// Dropout by a mask of the given shape. The generator is its own: the library's is shared by all threads.
at::Tensor dropped(const at::Tensor &x, at::IntArrayRef mask, double probability, uint64_t seed) {
  auto kept = at::empty(mask, at::kFloat).bernoulli_(1 - probability, at::detail::createCPUGenerator(seed));
  return x * kept.div_(1 - probability).to(x.device());
}

const torch_api table = {
    ECGBOOK_TORCH_API_VERSION,
    [] { return lastMessage.c_str(); },

    [] {
      static const std::string version = libraryVersion();
      return version.c_str();
    },
    [](bool *out) { return guarded([&] { *out = at::hasCUDA(); }); },
    [](bool enabled, bool *before) {
      return guarded([&] {
        *before = at::GradMode::is_enabled();
        at::GradMode::set_enabled(enabled);
      });
    },
    [](bool enabled) {
      return guarded([&] {
#if TORCH_VERSION_MAJOR > 2 || (TORCH_VERSION_MAJOR == 2 && TORCH_VERSION_MINOR >= 4)
        at::autocast::set_autocast_dtype(at::kCPU, at::kBFloat16);
        at::autocast::set_autocast_enabled(at::kCPU, enabled);
#else
        at::autocast::set_autocast_cpu_dtype(at::kBFloat16);
        at::autocast::set_cpu_enabled(enabled);
#endif
        if (!enabled) at::autocast::clear_cache();
      });
    },

    [](const float *values, const int64_t *shape, int32_t rank, torch_device device, torch_tensor **out) {
      return made(out, [&] {
        // The caller's memory is only borrowed: clone it here, or copy it to the device.
        auto borrowed = at::from_blob(const_cast<float *>(values), sizes(shape, rank), at::kFloat);
        return device == TORCH_CPU ? borrowed.clone() : borrowed.to(place(device));
      });
    },
    [](float value, const int64_t *shape, int32_t rank, torch_device device, torch_tensor **out) {
      return made(out, [&] {
        return at::full(sizes(shape, rank), value, at::TensorOptions().dtype(at::kFloat).device(place(device)));
      });
    },
    [](torch_tensor *tensor) { delete tensor; },
    [](const torch_tensor *x, int32_t *out) { return guarded([&] { *out = static_cast<int32_t>(x->value.dim()); }); },
    [](const torch_tensor *x, int64_t *out) {
      return guarded([&] {
        for (int64_t size : x->value.sizes()) *out++ = size;
      });
    },
    [](const torch_tensor *x, float *out, int64_t count) {
      return guarded([&] {
        requireCount(x->value, count);
        at::from_blob(out, x->value.sizes(), at::kFloat).copy_(x->value.detach());
      });
    },
    [](const torch_tensor *x, const float *values, int64_t count) {
      return guarded([&] {
        requireCount(x->value, count);
        at::NoGradGuard none;
        at::Tensor target = x->value;
        target.copy_(at::from_blob(const_cast<float *>(values), target.sizes(), at::kFloat));
      });
    },

    [](const torch_tensor *target, const torch_tensor *source, double share) {
      return guarded([&] {
        at::NoGradGuard none;
        at::Tensor t = target->value;
        t.lerp_(source->value, share);
      });
    },

    [](const torch_tensor *x) { return guarded([&] { x->value.requires_grad_(true); }); },
    [](const torch_tensor *x) { return guarded([&] { x->value.backward(); }); },
    [](const torch_tensor *x, torch_tensor **out) {
      return guarded([&] {
        const at::Tensor gradient = x->value.grad();
        *out = gradient.defined() ? new torch_tensor{gradient} : nullptr;
      });
    },
    [](const torch_tensor *x) {
      return guarded([&] {
        at::Tensor tensor = x->value;
        tensor.mutable_grad() = at::Tensor();
      });
    },
    [](const torch_tensor *x, torch_tensor **out) { return made(out, [&] { return x->value.detach(); }); },

    [](const torch_tensor *a, const torch_tensor *b, torch_tensor **out) {
      return made(out, [&] { return at::add(a->value, b->value); });
    },
    [](const torch_tensor *a, const torch_tensor *b, torch_tensor **out) {
      return made(out, [&] { return at::sub(a->value, b->value); });
    },
    [](const torch_tensor *a, const torch_tensor *b, torch_tensor **out) {
      return made(out, [&] { return at::mul(a->value, b->value); });
    },
    [](const torch_tensor *x, double factor, torch_tensor **out) {
      return made(out, [&] { return at::mul(x->value, factor); });
    },
    [](const torch_tensor *x, torch_tensor **out) { return made(out, [&] { return at::relu(x->value); }); },
    [](const torch_tensor *x, torch_tensor **out) { return made(out, [&] { return at::sigmoid(x->value); }); },
    [](const torch_tensor *x, torch_tensor **out) { return made(out, [&] { return at::logit(x->value, 1e-7); }); },
    [](const torch_tensor *x, torch_tensor **out) { return made(out, [&] { return at::sum(x->value); }); },
    [](const torch_tensor *x, int64_t axis, torch_tensor **out) {
      return made(out, [&] { return at::mean(x->value, {axis}); });
    },
    [](const torch_tensor *x, int64_t axis, torch_tensor **out) {
      return made(out, [&] { return at::amax(x->value, {axis}); });
    },
    [](const torch_tensor *x, const int64_t *shape, int32_t rank, torch_tensor **out) {
      return made(out, [&] { return at::reshape(x->value, sizes(shape, rank)); });
    },
    [](const torch_tensor *a, const torch_tensor *b, int64_t axis, torch_tensor **out) {
      return made(out, [&] { return at::cat({a->value, b->value}, axis); });
    },
    [](const torch_tensor *x, int64_t axis, torch_tensor **out) {
      return made(out, [&] { return at::flip(x->value, {axis}); });
    },
    [](const torch_tensor *x, const torch_tensor *weight, const torch_tensor *bias, int64_t stride, int64_t padding,
       torch_tensor **out) {
      return made(out, [&] {
        auto offset = bias ? c10::optional<at::Tensor>(bias->value) : c10::nullopt;
        return flat(at::conv2d(channelsLast(x->value), weight->value.unsqueeze(2), offset, {1, stride}, {0, padding}));
      });
    },
    [](const torch_tensor *x, const torch_tensor *weight, const torch_tensor *bias, torch_tensor **out) {
      return made(out, [&] { return at::linear(x->value, weight->value, bias->value); });
    },
    [](const torch_tensor *x, const torch_tensor *weight, const torch_tensor *bias, const torch_tensor *mean,
       const torch_tensor *variance, bool training, double momentum, double epsilon, torch_tensor **out) {
      return made(out, [&] {
        auto normalized = [&](const at::Tensor &x) {
          return at::batch_norm(x, weight->value, bias->value, mean->value, variance->value, training, momentum, epsilon,
                                false);
        };
        return x->value.dim() == 3 ? flat(normalized(channelsLast(x->value))) : normalized(x->value);
      });
    },
    [](const torch_tensor *x, int64_t size, int64_t stride, int64_t padding, torch_tensor **out) {
      return made(out, [&] { return flat(at::max_pool2d(channelsLast(x->value), {1, size}, {1, stride}, {0, padding})); });
    },
    [](const torch_tensor *x, double probability, uint64_t seed, torch_tensor **out) {
      return made(out, [&] { return dropped(x->value, x->value.sizes(), probability, seed); });
    },
    [](const torch_tensor *logits, const torch_tensor *labels, const torch_tensor *weights, torch_tensor **out) {
      return made(out, [&] {
        c10::optional<at::Tensor> weight;
        if (weights) weight = weights->value;
        return at::binary_cross_entropy_with_logits(logits->value.to(at::kFloat), labels->value, weight);
      });
    },

    [](const torch_tensor *parameter, const torch_tensor *gradient, const torch_tensor *mean,
       const torch_tensor *square, double rate, double beta1, double beta2, double epsilon, double decay,
       int64_t step) {
      return guarded([&] {
        at::NoGradGuard none;
        at::Tensor p = parameter->value, m = mean->value, v = square->value;
        const at::Tensor &g = gradient->value;
        p.mul_(1 - rate * decay);
        m.lerp_(g, 1 - beta1);
        v.mul_(beta2).addcmul_(g, g, 1 - beta2);
        const double correction1 = 1 - std::pow(beta1, step), correction2 = 1 - std::pow(beta2, step);
        auto scale = v.sqrt().div_(std::sqrt(correction2)).add_(epsilon);
        p.addcdiv_(m, scale, -rate / correction1);
      });
    },
    [](const torch_tensor *parameter, const torch_tensor *gradient, const torch_tensor *mean, double rate, double beta,
       double decay) {
      return guarded([&] {
        at::NoGradGuard none;
        at::Tensor p = parameter->value, m = mean->value;
        const at::Tensor &g = gradient->value;
        m.lerp_(g, 1 - beta);
        auto direction = orthogonalized(g.lerp(m, beta).flatten(1));
        const double rows = direction.size(0), columns = direction.size(1);
        p.mul_(1 - rate * decay);
        p.add_(direction.view(p.sizes()), -rate * std::sqrt(std::max(1.0, rows / columns)));
      });
    },

    [](const torch_tensor *x, int64_t size, int64_t stride, torch_tensor **out) {
      return made(out, [&] { return at::avg_pool1d(x->value, size, stride, 0, /* ceil_mode */ true); });
    },
    [](const torch_tensor *x, torch_tensor **out) {
      return made(out, [&] {
        // Not at::gelu: in LibTorch 1.13 its gradient reads memory that was never written when the gradient that comes in
        // lies otherwise in memory than x.
        return x->value * at::erf(x->value * M_SQRT1_2).add(1).mul(0.5);
      });
    },
    [](const torch_tensor *x, int64_t axis, torch_tensor **out) {
      return made(out, [&] { return at::glu(x->value, axis); });
    },
    [](const torch_tensor *x, const torch_tensor *weight, const torch_tensor *bias, double epsilon,
       torch_tensor **out) {
      return made(out, [&] {
        // LibTorch normalizes the last axes.
        auto channelsLast = x->value.transpose(1, 2);
        return at::layer_norm(channelsLast, weight->value.sizes(), weight->value, bias->value, epsilon).transpose(1, 2);
      });
    },
    [](const torch_tensor *x, double probability, uint64_t seed, torch_tensor **out) {
      return made(out, [&] { return dropped(x->value, {x->value.size(0), x->value.size(1), 1}, probability, seed); });
    },
    [](const torch_tensor *x, const torch_tensor *logDt, const torch_tensor *logAReal, const torch_tensor *aImag,
       const torch_tensor *cReal, const torch_tensor *cImag, torch_tensor **out) {
      return made(out, [&] {
        auto a = at::complex(-logAReal->value.exp(), aImag->value);
        auto c = at::complex(cReal->value, cImag->value);
        auto kernels = stateSpaceKernels(logDt->value.exp(), a, c, x->value.size(-1));
        return twoSidedConvolution(x->value, kernels.select(1, 0), kernels.select(1, 1));
      });
    },
    [](const torch_tensor *logits, const torch_tensor *groups, torch_tensor **out) {
      return made(out, [&] {
        // q = −log of the chance that none is there; its logit is log(e^q − 1), written so that neither end overflows.
        auto q = at::matmul(at::softplus(logits->value.to(at::kFloat)), groups->value.t()).clamp_min(1e-30);
        return q + at::log(-at::expm1(-q));
      });
    },

    joinGroup,
    leaveGroup,
    sumOverGroup,
    gatherFromGroup,
    broadcastToGroup,
};

}  // namespace

extern "C" __attribute__((visibility("default"))) const torch_api *ecgbook_torch_api(void) {
#if defined(__GLIBC__)
  // A training step frees and takes the same large blocks again and again: keep them, instead of giving them back to
  // the system and taking fresh pages, which would be zeroed again.
  mallopt(M_MMAP_THRESHOLD, 1 << 30);
  mallopt(M_TRIM_THRESHOLD, 1 << 30);
#endif
  return &table;
}
