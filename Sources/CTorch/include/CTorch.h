#pragma once
#include "TorchAPI.h"

#ifdef __cplusplus
extern "C"
#endif
const torch_api *_Nonnull ecgbook_torch_api(void);
