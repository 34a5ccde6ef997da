/* The closed list: what a checkpoint may name, and what becomes of it. */
#include <string.h>

#include "format/pickle.h"

static const struct rn_pickle_global globals[] = {
    {"collections.OrderedDict", RN_ROLE_DICT, NULL},
    {"torch._utils._rebuild_tensor_v2", RN_ROLE_TENSOR, NULL},
    {"torch._utils._rebuild_parameter", RN_ROLE_PARAMETER, NULL},
    {"torch.FloatStorage", RN_ROLE_STORAGE, "F32"},
    {"torch.HalfStorage", RN_ROLE_STORAGE, "F16"},
    {"torch.BFloat16Storage", RN_ROLE_STORAGE, "BF16"},
    {"torch.DoubleStorage", RN_ROLE_STORAGE, "F64"},
    {"torch.LongStorage", RN_ROLE_STORAGE, "I64"},
    {"torch.IntStorage", RN_ROLE_STORAGE, "I32"},
    {"torch.ShortStorage", RN_ROLE_STORAGE, "I16"},
    {"torch.CharStorage", RN_ROLE_STORAGE, "I8"},
    {"torch.ByteStorage", RN_ROLE_STORAGE, "U8"},
    {"torch.BoolStorage", RN_ROLE_STORAGE, "BOOL"},
    /* What stands beside the weights: arguments of a training, and numbers that it measured. */
    {"argparse.Namespace", RN_ROLE_OPAQUE, NULL},
    {"collections.defaultdict", RN_ROLE_OPAQUE, NULL},
    {"torch.Size", RN_ROLE_OPAQUE, NULL},
    {"torch.device", RN_ROLE_OPAQUE, NULL},
    {"numpy.dtype", RN_ROLE_OPAQUE, NULL},
    {"numpy.core.multiarray.scalar", RN_ROLE_OPAQUE, NULL},
    {"numpy._core.multiarray.scalar", RN_ROLE_OPAQUE, NULL},
    {"numpy.ndarray", RN_ROLE_OPAQUE, NULL},
    {"numpy.core.multiarray._reconstruct", RN_ROLE_ARRAY, NULL},
    {"numpy._core.multiarray._reconstruct", RN_ROLE_ARRAY, NULL},
    {"_codecs.encode", RN_ROLE_OPAQUE, NULL},
    {"builtins.dict", RN_ROLE_OPAQUE, NULL},
    {"__builtin__.dict", RN_ROLE_OPAQUE, NULL},
};

const struct rn_pickle_global *rn_pickle_global_find(const char *module, size_t module_len,
                                                     const char *name, size_t len)
{
    for (size_t i = 0; i < sizeof globals / sizeof *globals; i++) {
        const char *have = globals[i].name;
        if (strlen(have) == module_len + 1 + len && memcmp(have, module, module_len) == 0 &&
            have[module_len] == '.' && memcmp(have + module_len + 1, name, len) == 0)
            return &globals[i];
    }
    return NULL;
}
