/* regnet.h: the whole library. docs/architecture.md says where everything is. */
#ifndef REGNET_REGNET_H
#define REGNET_REGNET_H

#include "regnet/arch.h"
#include "regnet/bootstrap.h"
#include "regnet/clock.h"
#include "regnet/config.h"
#include "regnet/data.h"
#include "regnet/engine.h"
#include "regnet/evidence.h"
#include "regnet/export.h"
#include "regnet/file.h"
#include "regnet/fit.h"
#include "regnet/front.h"
#include "regnet/graph.h"
#include "regnet/json.h"
#include "regnet/machine.h"
#include "regnet/memory.h"
#include "regnet/pool.h"
#include "regnet/records.h"
#include "regnet/refine.h"
#include "regnet/report.h"
#include "regnet/rng.h"
#include "regnet/safetensors.h"
#include "regnet/space.h"
#include "regnet/stats.h"
#include "regnet/status.h"
#include "regnet/sweep.h"
#include "regnet/time.h"
#include "regnet/train.h"
#include "regnet/value.h"

#endif
