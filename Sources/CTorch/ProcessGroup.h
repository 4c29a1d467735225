// The functions of the table that speak with other processes; described in TorchAPI.h.
#pragma once
#include "TorchAPI.h"

int32_t joinGroup(const char *address, int32_t port, int32_t rank, int32_t size, const char *interface,
                  double seconds, torch_group **out);
void leaveGroup(torch_group *group);
int32_t sumOverGroup(torch_group *group, float *values, int64_t count);
int32_t gatherFromGroup(torch_group *group, const uint8_t *own, int64_t count, uint8_t *all, bool patiently);
int32_t broadcastToGroup(torch_group *group, uint8_t *bytes, int64_t count, bool patiently);
