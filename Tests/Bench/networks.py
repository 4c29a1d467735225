"""The project's networks in PyTorch, module for module and name for name: see Sources/Networks."""

import torch
from torch import nn


class ConvNorm(nn.Module):
    def __init__(self, inputs, outputs, kernel, stride=1):
        super().__init__()
        self.convolution = nn.Conv1d(inputs, outputs, kernel, stride, padding=(kernel - 1) // 2, bias=False)
        self.norm = nn.BatchNorm1d(outputs)

    def forward(self, x):
        return self.norm(self.convolution(x))


class Block(nn.Module):
    def __init__(self, inputs, outputs, stride):
        super().__init__()
        self.first = ConvNorm(inputs, outputs, 5, stride)
        self.second = ConvNorm(outputs, outputs, 3)
        self.shortcut = None if stride == 1 and inputs == outputs else ConvNorm(inputs, outputs, 1, stride)

    def forward(self, x):
        way = x if self.shortcut is None else self.shortcut(x)
        return torch.relu(self.second(torch.relu(self.first(x))) + way)


class Head(nn.Module):
    def __init__(self, channels, classes):
        super().__init__()
        self.norm1 = nn.BatchNorm1d(2 * channels)
        self.dropout1 = nn.Dropout(0.25)
        self.hidden = nn.Linear(2 * channels, 128)
        self.norm2 = nn.BatchNorm1d(128)
        self.dropout2 = nn.Dropout(0.5)
        self.output = nn.Linear(128, classes)

    def forward(self, x):
        pooled = torch.cat([x.mean(2), x.amax(2)], 1)
        hidden = torch.relu(self.hidden(self.dropout1(self.norm1(pooled))))
        return self.output(self.dropout2(self.norm2(hidden)))


class ResNet1D(nn.Module):
    def __init__(self, leads, classes):
        super().__init__()
        self.stem = ConvNorm(leads, 128, 7, stride=2)
        self.block1 = Block(128, 128, 1)
        self.block2 = Block(128, 128, 2)
        self.block3 = Block(128, 128, 2)
        self.head = Head(128, classes)

    def forward(self, x):
        return self.head(self.block3(self.block2(self.block1(torch.relu(self.stem(x))))))


class ECGConvNet(nn.Module):
    def __init__(self, leads, classes):
        super().__init__()
        self.stage1 = ConvNorm(leads, 32, 7, stride=2)
        self.stage2 = ConvNorm(32, 64, 5, stride=2)
        self.stage3 = ConvNorm(64, 128, 5, stride=2)
        self.stage4 = ConvNorm(128, 256, 3, stride=2)
        self.hidden = nn.Linear(256, 128)
        self.dropout = nn.Dropout(0.3)
        self.output = nn.Linear(128, classes)

    def forward(self, x):
        for stage in (self.stage1, self.stage2, self.stage3):
            x = nn.functional.max_pool1d(torch.relu(stage(x)), 2, 2)
        features = torch.relu(self.stage4(x)).mean(2)
        return self.output(self.dropout(torch.relu(self.hidden(features))))


NETWORKS = {"ECGConvNet": ECGConvNet, "ResNet1D": ResNet1D}
