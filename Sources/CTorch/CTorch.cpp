#include "TorchAPI.h"
