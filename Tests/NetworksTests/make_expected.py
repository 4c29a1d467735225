# Writes expected.json beside this file: what PyTorch computes with each network on fixed weights and input.
#   python make_expected.py expected.json
# Weight i of the network (all tensors in order, each in row-major order) is offset + size · sin(i + 1), where `waves` gives
# offset and size for each tensor: 0 and 0.1 for most. Input j is sin(0.37 j). Weights and inputs are rounded to 32 bits,
# the rest is computed with 64. Made with PyTorch 2.13.
import json, sys
import torch
from torch import nn
from torch.nn import functional as F

class ConvNorm(nn.Module):
    def __init__(s, i, o, k, stride=1):
        super().__init__(); s.convolution = nn.Conv1d(i, o, k, stride, (k - 1) // 2, bias=False); s.norm = nn.BatchNorm1d(o)
    def forward(s, x): return s.norm(s.convolution(x))

class Block(nn.Module):
    def __init__(s, i, o, stride, kernels):
        super().__init__(); s.first = ConvNorm(i, o, kernels[0], stride); s.second = ConvNorm(o, o, kernels[1])
        s.shortcut = None if stride == 1 and i == o else ConvNorm(i, o, 1, stride)
    def forward(s, x): return torch.relu(s.second(torch.relu(s.first(x))) + (x if s.shortcut is None else s.shortcut(x)))

class Head(nn.Module):
    def __init__(s, c, n, h=128):
        super().__init__(); s.norm1 = nn.BatchNorm1d(2 * c); s.norm2 = nn.BatchNorm1d(h); s.hidden = nn.Linear(2 * c, h); s.output = nn.Linear(h, n)
    def forward(s, x):
        p = torch.cat([x.mean(2), x.amax(2)], 1)
        return s.output(s.norm2(torch.relu(s.hidden(s.norm1(p)))))

class ResNet1D(nn.Module):
    def __init__(s, n):
        super().__init__(); s.stem = ConvNorm(12, 128, 7, 2); s.block1 = Block(128, 128, 1, (5, 3)); s.block2 = Block(128, 128, 2, (5, 3)); s.block3 = Block(128, 128, 2, (5, 3)); s.head = Head(128, n)
    def forward(s, x): return s.head(s.block3(s.block2(s.block1(torch.relu(s.stem(x))))))

class ECGConvNet(nn.Module):
    def __init__(s, n):
        super().__init__(); s.stage1 = ConvNorm(12, 32, 7, 2); s.stage2 = ConvNorm(32, 64, 5, 2); s.stage3 = ConvNorm(64, 128, 5, 2); s.stage4 = ConvNorm(128, 256, 3, 2)
        s.hidden = nn.Linear(256, 128); s.output = nn.Linear(128, n)
    def forward(s, x):
        pool = lambda y: torch.max_pool1d(y, 2, 2)
        x = pool(torch.relu(s.stage1(x))); x = pool(torch.relu(s.stage2(x))); x = pool(torch.relu(s.stage3(x))); x = torch.relu(s.stage4(x))
        return s.output(torch.relu(s.hidden(x.mean(2))))

class FastResNet1D(nn.Module):
    def __init__(s, n):
        super().__init__(); s.stem = ConvNorm(12, 64, 15, 2); s.block1 = Block(64, 64, 2, (7, 3)); s.block2 = Block(64, 128, 2, (7, 3)); s.block3 = Block(128, 256, 2, (5, 3)); s.head = Head(256, n)
    def forward(s, x): return s.head(s.block3(s.block2(s.block1(F.max_pool1d(torch.relu(s.stem(x)), 2)))))

class DeepFastResNet1D(nn.Module):
    def __init__(s, n):
        super().__init__(); s.stem = ConvNorm(12, 64, 15, 2); s.block1 = Block(64, 64, 2, (7, 3)); s.block2 = Block(64, 64, 1, (7, 3)); s.block3 = Block(64, 128, 2, (7, 3))
        s.block4 = Block(128, 128, 1, (7, 3)); s.block5 = Block(128, 256, 2, (5, 3)); s.block6 = Block(256, 256, 1, (5, 3)); s.head = Head(256, n, 256)
    def forward(s, x):
        x = F.max_pool1d(torch.relu(s.stem(x)), 2)
        for block in (s.block1, s.block2, s.block3, s.block4, s.block5, s.block6): x = block(x)
        return s.head(x)

class Bottleneck(nn.Module):
    def __init__(s, i, stride):
        super().__init__(); s.narrow = ConvNorm(i, 64, 1); s.middle = ConvNorm(64, 64, 5, stride); s.widen = ConvNorm(64, 256, 1)
        s.shortcut = None if i == 256 else ConvNorm(i, 256, 1)
        s.pool = nn.Identity() if stride == 1 else nn.AvgPool1d(2, ceil_mode=True)
    def forward(s, x):
        around = s.pool(x)
        return torch.relu(s.widen(torch.relu(s.middle(torch.relu(s.narrow(x))))) + (around if s.shortcut is None else s.shortcut(around)))

class XResNet1D(nn.Module):
    def __init__(s, n, stages):
        super().__init__(); s.stem = nn.ModuleList([ConvNorm(12, 32, 5, 2), ConvNorm(32, 32, 5), ConvNorm(32, 64, 5)])
        strides = [2 if k > 0 and b == 0 else 1 for k, count in enumerate(stages) for b in range(count)]
        s.blocks = nn.ModuleList([Bottleneck(64 if j == 0 else 256, stride) for j, stride in enumerate(strides)]); s.head = Head(256, n)
    def forward(s, x):
        for layer in s.stem: x = torch.relu(layer(x))
        x = F.max_pool1d(x, 3, 2, 1)
        for block in s.blocks: x = block(x)
        return s.head(x)

class Module(nn.Module):
    def __init__(s, i):
        super().__init__(); s.bottleneck = nn.Conv1d(i, 32, 1, bias=False)
        s.convolutions = nn.ModuleList([nn.Conv1d(32, 32, k, padding=k // 2, bias=False) for k in (39, 19, 9)])
        s.pooled = nn.Conv1d(i, 32, 1, bias=False); s.norm = nn.BatchNorm1d(128)
    def forward(s, x):
        y = s.bottleneck(x)
        return torch.relu(s.norm(torch.cat([c(y) for c in s.convolutions] + [s.pooled(F.max_pool1d(x, 3, 1, 1))], 1)))

class InceptionTime1D(nn.Module):
    def __init__(s, n):
        super().__init__(); s.inceptions = nn.ModuleList([Module(12 if j == 0 else 128) for j in range(6)])
        s.shortcuts = nn.ModuleList([ConvNorm(12, 128, 1), ConvNorm(128, 128, 1)]); s.head = Head(128, n)
    def forward(s, x):
        for group in range(2):
            y = x
            for module in s.inceptions[3 * group:3 * group + 3]: y = module(y)
            x = torch.relu(y + s.shortcuts[group](x))
        return s.head(x)

class StateSpaces(nn.Module):
    def __init__(s, c, pairs):
        super().__init__(); s.log_dt = nn.Parameter(torch.zeros(c)); s.log_A_real = nn.Parameter(torch.zeros(c, pairs)); s.A_imag = nn.Parameter(torch.zeros(c, pairs))
        s.C_real = nn.Parameter(torch.zeros(c, 2, pairs)); s.C_imag = nn.Parameter(torch.zeros(c, 2, pairs)); s.D = nn.Parameter(torch.zeros(c, 1))
    def forward(s, x):
        # By the recurrence, forwards and then backwards; the latter begins at the next sample.
        a = torch.complex(-s.log_A_real.exp(), s.A_imag); step = torch.exp(a * s.log_dt.exp()[:, None]); held = (step - 1) / a
        c = torch.complex(s.C_real, s.C_imag); n = x.shape[2]; y = [s.D[:, 0] * x[:, :, t] for t in range(n)]
        h = torch.zeros(x.shape[0], *a.shape, dtype=torch.complex128)
        for t in range(n):
            h = step * h + held * x[:, :, t, None]; y[t] = y[t] + 2 * (c[:, 0] * h).sum(2).real
        h = torch.zeros_like(h)
        for t in reversed(range(n - 1)):
            h = step * h + held * x[:, :, t + 1, None]; y[t] = y[t] + 2 * (c[:, 1] * h).sum(2).real
        return torch.stack(y, 2)

class S4DBlock(nn.Module):
    def __init__(s, c):
        super().__init__(); s.states = StateSpaces(c, 4); s.mix = nn.Conv1d(c, 2 * c, 1); s.norm = nn.LayerNorm(c)
    def forward(s, x): return s.norm((x + F.glu(s.mix(F.gelu(s.states(x))), 1)).transpose(1, 2)).transpose(1, 2)

class S4D(nn.Module):
    def __init__(s, n):
        super().__init__(); s.encoder = nn.Conv1d(12, 128, 1); s.blocks = nn.ModuleList([S4DBlock(128) for _ in range(4)]); s.decoder = nn.Linear(128, n)
    def forward(s, x):
        x = s.encoder(x)
        for block in s.blocks: x = block(x)
        return s.decoder(x.mean(2))

class HybridS4D1D(nn.Module):
    def __init__(s, n):
        super().__init__(); s.stem = ConvNorm(12, 64, 15, 2); s.block = Block(64, 128, 1, (7, 3))
        s.states = nn.ModuleList([S4DBlock(128) for _ in range(3)]); s.head = Head(128, n)
    def forward(s, x):
        x = s.block(F.max_pool1d(torch.relu(s.stem(x)), 2))
        for states in s.states: x = states(x)
        return s.head(x)

def waves(name):
    # offset and size
    if name.endswith("running_mean"): return 0, 0
    if name.endswith("running_var"): return 1, 0
    if name.endswith("log_dt"): return -3, 0.1
    if name.endswith("A_imag"): return 3, 0.1
    if name.endswith(("C_real", "C_imag", "D")): return 0, 1
    return (1 if "norm" in name and name.endswith("weight") else 0), 0.1

def fill(net):
    # in the order and under the names of ECGBook
    i = 0
    for name, t in net.state_dict().items():
        if name.endswith("num_batches_tracked"): continue
        offset, size = waves(name)
        v = offset + size * torch.sin(torch.arange(i + 1, i + 1 + t.numel(), dtype=torch.float64))
        i += t.numel()
        t.copy_(v.reshape(t.shape).float())

out = {}
for key, net, samples in [
    ("ResNet1D", ResNet1D(5), 250), ("ECGConvNet", ECGConvNet(22), 1000), ("FastResNet1D", FastResNet1D(5), 500),
    ("DeepFastResNet1D", DeepFastResNet1D(5), 500),
    ("XResNet1D50", XResNet1D(5, [3, 4, 6, 3]), 250), ("XResNet1D101", XResNet1D(5, [3, 4, 23, 3]), 250),
    ("InceptionTime1D", InceptionTime1D(5), 250), ("S4D", S4D(5), 250), ("HybridS4D1D", HybridS4D1D(5), 500)]:
    fill(net); net.double().eval()
    x = torch.sin(0.37 * torch.arange(2 * 12 * samples, dtype=torch.float64)).float().double().reshape(2, 12, samples)
    with torch.no_grad(): y = net(x)
    names = [k for k in net.state_dict() if not k.endswith("num_batches_tracked")]
    out[key] = {"parameters": sum(p.numel() for p in net.parameters()), "names": names, "logits": y.flatten().tolist()}
json.dump(out, open(sys.argv[1], "w"), indent=1)
