# Writes Tests/NetworksTests/expected.json: what PyTorch computes with the two networks on fixed weights and input.
# Weight i of the network (all tensors in order, each in row-major order) is 0.1 sin(i + 1); running variances are 1, means 0,
# batch-norm weights 1 + 0.1 sin(i + 1). Input j is sin(0.37 j). Made with PyTorch 2.13.
import json, sys
import torch
from torch import nn

class ConvNorm(nn.Module):
    def __init__(s, i, o, k, stride=1):
        super().__init__(); s.convolution = nn.Conv1d(i, o, k, stride, (k - 1) // 2, bias=False); s.norm = nn.BatchNorm1d(o)
    def forward(s, x): return s.norm(s.convolution(x))

class Block(nn.Module):
    def __init__(s, c, stride):
        super().__init__(); s.first = ConvNorm(c, c, 5, stride); s.second = ConvNorm(c, c, 3)
        s.shortcut = None if stride == 1 else ConvNorm(c, c, 1, stride)
    def forward(s, x): return torch.relu(s.second(torch.relu(s.first(x))) + (x if s.shortcut is None else s.shortcut(x)))

class Head(nn.Module):
    def __init__(s, c, n):
        super().__init__(); s.norm1 = nn.BatchNorm1d(2 * c); s.norm2 = nn.BatchNorm1d(128); s.hidden = nn.Linear(2 * c, 128); s.output = nn.Linear(128, n)
    def forward(s, x):
        p = torch.cat([x.mean(2), x.amax(2)], 1)
        return s.output(s.norm2(torch.relu(s.hidden(s.norm1(p)))))

class ResNet1D(nn.Module):
    def __init__(s, n):
        super().__init__(); s.stem = ConvNorm(12, 128, 7, 2); s.block1 = Block(128, 1); s.block2 = Block(128, 2); s.block3 = Block(128, 2); s.head = Head(128, n)
    def forward(s, x): return s.head(s.block3(s.block2(s.block1(torch.relu(s.stem(x))))))

class ECGConvNet(nn.Module):
    def __init__(s, n):
        super().__init__(); s.stage1 = ConvNorm(12, 32, 7, 2); s.stage2 = ConvNorm(32, 64, 5, 2); s.stage3 = ConvNorm(64, 128, 5, 2); s.stage4 = ConvNorm(128, 256, 3, 2)
        s.hidden = nn.Linear(256, 128); s.output = nn.Linear(128, n)
    def forward(s, x):
        pool = lambda y: torch.max_pool1d(y, 2, 2)
        x = pool(torch.relu(s.stage1(x))); x = pool(torch.relu(s.stage2(x))); x = pool(torch.relu(s.stage3(x))); x = torch.relu(s.stage4(x))
        return s.output(torch.relu(s.hidden(x.mean(2))))

def fill(net):
    # in the order and under the names of ECGBook
    i = 0
    for name, t in net.state_dict().items():
        if name.endswith("num_batches_tracked"): continue
        v = torch.sin(torch.arange(i + 1, i + 1 + t.numel(), dtype=torch.float64)) * 0.1
        i += t.numel()
        if name.endswith("running_mean"): v = v * 0
        if name.endswith("running_var"): v = v * 0 + 1
        if "norm" in name and name.endswith("weight"): v = 1 + v
        t.copy_(v.reshape(t.shape).float())

out = {}
for net, n, samples in [(ResNet1D(5), 5, 250), (ECGConvNet(22), 22, 1000)]:
    fill(net); net.eval()
    x = torch.sin(0.37 * torch.arange(2 * 12 * samples, dtype=torch.float64)).float().reshape(2, 12, samples)
    with torch.no_grad(): y = net(x)
    names = [k for k in net.state_dict() if not k.endswith("num_batches_tracked")]
    out[type(net).__name__] = {"parameters": sum(p.numel() for p in net.parameters()), "names": names, "logits": y.flatten().tolist()}
json.dump(out, open(sys.argv[1], "w"), indent=1)
