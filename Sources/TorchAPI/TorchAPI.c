#define _GNU_SOURCE  // dladdr
#include "TorchAPI.h"
#include <dlfcn.h>
#include <stddef.h>

const char *ecgbook_image_path(void) {
  Dl_info image;
  return dladdr((void *)ecgbook_image_path, &image) ? image.dli_fname : NULL;
}
