// The functions that CTorch offers to Torch. A table in a header, so that nothing links LibTorch: Torch opens the dynamic
// library CTorch on first use, asks it for this table by the symbol `ecgbook_torch_api`, and calls through it.
//
// Every function returns 0, or 1 when LibTorch threw; then `message()` gives its text, on the same thread, until the
// next call. A tensor that a function hands out belongs to the caller, who gives it back with `tensor_free`.
#pragma once
#include <stdbool.h>
#include <stdint.h>

#define ECGBOOK_TORCH_API_VERSION 5

typedef struct torch_tensor torch_tensor;
typedef struct torch_group torch_group;
typedef torch_tensor *_Nullable *_Nonnull torch_tensor_out;
typedef const torch_tensor *_Nonnull torch_tensor_in;

typedef enum torch_device { TORCH_CPU = 0, TORCH_CUDA = 1 } torch_device;

typedef struct torch_api {
  int32_t version;
  const char *_Nonnull (*_Nonnull message)(void);

  // The library
  const char *_Nonnull (*_Nonnull library_version)(void);
  int32_t (*_Nonnull has_cuda)(bool *_Nonnull out);
  int32_t (*_Nonnull set_gradients_enabled)(bool enabled, bool *_Nonnull before);  // of this thread
  int32_t (*_Nonnull set_autocast_enabled)(bool enabled);  // to bfloat16, on the processor, of this thread

  // Life of a tensor; values are 32-bit floats in row-major order
  int32_t (*_Nonnull tensor_make)(const float *_Nonnull values, const int64_t *_Nonnull shape, int32_t rank,
                                  torch_device device, torch_tensor_out out);
  int32_t (*_Nonnull tensor_fill)(float value, const int64_t *_Nonnull shape, int32_t rank, torch_device device,
                                  torch_tensor_out out);
  void (*_Nonnull tensor_free)(torch_tensor *_Nonnull);
  int32_t (*_Nonnull tensor_rank)(torch_tensor_in, int32_t *_Nonnull out);
  int32_t (*_Nonnull tensor_shape)(torch_tensor_in, int64_t *_Nonnull out);
  int32_t (*_Nonnull tensor_read)(torch_tensor_in, float *_Nonnull out, int64_t count);
  int32_t (*_Nonnull tensor_write)(torch_tensor_in, const float *_Nonnull values, int64_t count);
  // target ← target + share (source − target), in place
  int32_t (*_Nonnull tensor_move)(torch_tensor_in target, torch_tensor_in source, double share);

  // Autograd
  int32_t (*_Nonnull require_gradient)(torch_tensor_in);
  int32_t (*_Nonnull backward)(torch_tensor_in);
  int32_t (*_Nonnull gradient)(torch_tensor_in, torch_tensor_out out);
  int32_t (*_Nonnull clear_gradient)(torch_tensor_in);
  int32_t (*_Nonnull detach)(torch_tensor_in, torch_tensor_out out);

  // Operations
  int32_t (*_Nonnull add)(torch_tensor_in, torch_tensor_in, torch_tensor_out out);
  int32_t (*_Nonnull subtract)(torch_tensor_in, torch_tensor_in, torch_tensor_out out);
  int32_t (*_Nonnull multiply)(torch_tensor_in, torch_tensor_in, torch_tensor_out out);
  int32_t (*_Nonnull scale)(torch_tensor_in, double factor, torch_tensor_out out);
  int32_t (*_Nonnull relu)(torch_tensor_in, torch_tensor_out out);
  int32_t (*_Nonnull sigmoid)(torch_tensor_in, torch_tensor_out out);
  int32_t (*_Nonnull logit)(torch_tensor_in, torch_tensor_out out);
  int32_t (*_Nonnull sum)(torch_tensor_in, torch_tensor_out out);
  int32_t (*_Nonnull mean)(torch_tensor_in, int64_t axis, torch_tensor_out out);
  int32_t (*_Nonnull maximum)(torch_tensor_in, int64_t axis, torch_tensor_out out);
  int32_t (*_Nonnull reshape)(torch_tensor_in, const int64_t *_Nonnull shape, int32_t rank, torch_tensor_out out);
  int32_t (*_Nonnull concatenate)(torch_tensor_in, torch_tensor_in, int64_t axis, torch_tensor_out out);
  int32_t (*_Nonnull flip)(torch_tensor_in, int64_t axis, torch_tensor_out out);
  int32_t (*_Nonnull conv1d)(torch_tensor_in x, torch_tensor_in weight, const torch_tensor *_Nullable bias,
                             int64_t stride, int64_t padding, torch_tensor_out out);
  int32_t (*_Nonnull linear)(torch_tensor_in x, torch_tensor_in weight, torch_tensor_in bias, torch_tensor_out out);
  int32_t (*_Nonnull batch_norm)(torch_tensor_in x, torch_tensor_in weight, torch_tensor_in bias, torch_tensor_in mean,
                                 torch_tensor_in variance, bool training, double momentum, double epsilon,
                                 torch_tensor_out out);
  int32_t (*_Nonnull max_pool1d)(torch_tensor_in, int64_t size, int64_t stride, int64_t padding, torch_tensor_out out);
  int32_t (*_Nonnull dropout)(torch_tensor_in, double probability, uint64_t seed, torch_tensor_out out);
  int32_t (*_Nonnull bce_with_logits)(torch_tensor_in logits, torch_tensor_in labels,
                                      const torch_tensor *_Nullable weights, torch_tensor_out out);

  // One AdamW step of one parameter, in place: formula in AdamW.swift
  int32_t (*_Nonnull adamw)(torch_tensor_in parameter, torch_tensor_in gradient, torch_tensor_in mean,
                            torch_tensor_in square, double rate, double beta1, double beta2, double epsilon,
                            double decay, int64_t step);
  // One Muon step of one parameter, in place: formula in Muon.swift
  int32_t (*_Nonnull muon)(torch_tensor_in parameter, torch_tensor_in gradient, torch_tensor_in mean, double rate,
                           double beta, double decay);

  // Operations of single networks; samples are the last axis of [batch, channels, samples]
  int32_t (*_Nonnull average_pool1d)(torch_tensor_in, int64_t size, int64_t stride, torch_tensor_out out);
  int32_t (*_Nonnull gelu)(torch_tensor_in, torch_tensor_out out);
  int32_t (*_Nonnull glu)(torch_tensor_in, int64_t axis, torch_tensor_out out);
  int32_t (*_Nonnull layer_norm)(torch_tensor_in x, torch_tensor_in weight, torch_tensor_in bias, double epsilon,
                                 torch_tensor_out out);
  int32_t (*_Nonnull channel_dropout)(torch_tensor_in, double probability, uint64_t seed, torch_tensor_out out);
  int32_t (*_Nonnull s4d)(torch_tensor_in x, torch_tensor_in log_dt, torch_tensor_in log_a_real, torch_tensor_in a_imag,
                          torch_tensor_in c_real, torch_tensor_in c_imag, torch_tensor_out out);
  // [batch, outputs] and [groups, outputs] of 0 and 1 -> [batch, groups]: the logits that any of a group is there
  int32_t (*_Nonnull any_of)(torch_tensor_in logits, torch_tensor_in groups, torch_tensor_out out);

  // Processes that compute together. Each calls the same functions in the same order, one at a time; when one is lost, the
  // others' calls fail. `patiently`: without the timeout, for what may wait until another process has done work of its own.
  // `port` is where the process of rank 0 listens on `address`; `interface` may be "".
  int32_t (*_Nonnull group_join)(const char *_Nonnull address, int32_t port, int32_t rank, int32_t size,
                                 const char *_Nonnull interface, double seconds,
                                 torch_group *_Nullable *_Nonnull out);
  void (*_Nonnull group_leave)(torch_group *_Nonnull);
  // In place: each value becomes the sum over all processes
  int32_t (*_Nonnull group_sum)(torch_group *_Nonnull, float *_Nonnull values, int64_t count);
  // `all` takes `count` bytes of each process, in order of rank
  int32_t (*_Nonnull group_gather)(torch_group *_Nonnull, const uint8_t *_Nonnull own, int64_t count,
                                   uint8_t *_Nonnull all, bool patiently);
  // In place: the bytes become those of rank 0
  int32_t (*_Nonnull group_broadcast)(torch_group *_Nonnull, uint8_t *_Nonnull bytes, int64_t count, bool patiently);
} torch_api;

typedef const torch_api *_Nonnull (*ecgbook_torch_api_function)(void);

/// The file that holds the calling code, be it the program or a bundle of tests: CTorch lies beside it. (Swift cannot
/// call `dladdr`, a GNU extension.)
const char *_Nullable ecgbook_image_path(void);
