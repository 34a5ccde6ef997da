/* The published cells. NASNet-A and PNASNet-5: their authors' TensorFlow code; AmoebaNets: that of
   the TPU models; DARTS V2: the second order's genotype for ImageNet. */
#include "model/cells.h"

#define AVG3 RN_CELL_AVG3
#define CONV1 RN_CELL_CONV1
#define CONV1X7_7X1 RN_CELL_CONV1X7_7X1
#define CONV3 RN_CELL_CONV3
#define DIL3 RN_CELL_DIL3
#define MAX2 RN_CELL_MAX2
#define MAX3 RN_CELL_MAX3
#define NONE RN_CELL_NONE
#define SEP3 RN_CELL_SEP3
#define SEP5 RN_CELL_SEP5
#define SEP5_DIL2 RN_CELL_SEP5_DIL2
#define SEP7 RN_CELL_SEP7
#define SKIP RN_CELL_SKIP

static const struct rn_cell nasnet_a_normal = {5,
                                               {{{SEP5, 0}, {SEP3, 1}},
                                                {{SEP5, 1}, {SEP3, 1}},
                                                {{AVG3, 0}, {NONE, 1}},
                                                {{AVG3, 1}, {AVG3, 1}},
                                                {{SEP3, 0}, {NONE, 0}}},
                                               "1000000"};

static const struct rn_cell nasnet_a_reduction = {5,
                                                  {{{SEP5, 0}, {SEP7, 1}},
                                                   {{MAX3, 0}, {SEP7, 1}},
                                                   {{AVG3, 0}, {SEP5, 1}},
                                                   {{NONE, 3}, {AVG3, 2}},
                                                   {{SEP3, 2}, {MAX3, 0}}},
                                                  "1110000"};

static const struct rn_cell pnasnet_5 = {5,
                                         {{{SEP5, 1}, {MAX3, 1}},
                                          {{SEP7, 0}, {MAX3, 0}},
                                          {{SEP5, 0}, {SEP3, 0}},
                                          {{SEP3, 4}, {MAX3, 0}},
                                          {{SEP3, 1}, {NONE, 0}}},
                                         "1100000"};

static const struct rn_cell amoebanet_a_normal = {5,
                                                  {{{AVG3, 0}, {MAX3, 0}},
                                                   {{SEP3, 1}, {NONE, 1}},
                                                   {{NONE, 0}, {AVG3, 1}},
                                                   {{SEP3, 0}, {SEP5, 2}},
                                                   {{AVG3, 5}, {SEP3, 0}}},
                                                  "1010010"};

static const struct rn_cell amoebanet_a_reduction = {5,
                                                     {{{SEP3, 1}, {AVG3, 0}},
                                                      {{MAX3, 0}, {SEP7, 2}},
                                                      {{MAX3, 1}, {MAX3, 0}},
                                                      {{SEP3, 4}, {CONV1X7_7X1, 0}},
                                                      {{AVG3, 1}, {SEP7, 0}}},
                                                     "1100000"};

static const struct rn_cell amoebanet_b_normal = {5,
                                                  {{{CONV1, 1}, {MAX3, 1}},
                                                   {{NONE, 1}, {SEP3, 0}},
                                                   {{CONV1, 1}, {SEP3, 0}},
                                                   {{CONV1, 2}, {NONE, 2}},
                                                   {{AVG3, 1}, {CONV1, 5}}},
                                                  "0110010"};

static const struct rn_cell amoebanet_b_reduction = {5,
                                                     {{{MAX2, 0}, {MAX3, 0}},
                                                      {{NONE, 2}, {CONV3, 1}},
                                                      {{SEP5_DIL2, 2}, {MAX3, 2}},
                                                      {{NONE, 3}, {SEP3, 1}},
                                                      {{AVG3, 4}, {CONV1, 3}}},
                                                     "1111100"};

static const struct rn_cell amoebanet_c_normal = {5,
                                                  {{{AVG3, 0}, {SEP3, 0}},
                                                   {{NONE, 0}, {SEP3, 0}},
                                                   {{AVG3, 2}, {SEP3, 1}},
                                                   {{NONE, 0}, {SEP3, 1}},
                                                   {{AVG3, 3}, {SEP3, 0}}},
                                                  "1001000"};

static const struct rn_cell amoebanet_c_reduction = {5,
                                                     {{{MAX3, 0}, {MAX3, 0}},
                                                      {{SEP7, 2}, {SEP3, 0}},
                                                      {{SEP7, 0}, {MAX3, 1}},
                                                      {{SEP5, 4}, {SEP5, 4}},
                                                      {{MAX3, 1}, {SEP3, 1}}},
                                                     "0100000"};

static const struct rn_cell amoebanet_d_normal = {5,
                                                  {{{CONV1, 1}, {MAX3, 1}},
                                                   {{NONE, 1}, {CONV1X7_7X1, 0}},
                                                   {{CONV1, 0}, {CONV1X7_7X1, 0}},
                                                   {{MAX3, 2}, {NONE, 2}},
                                                   {{AVG3, 1}, {CONV1, 5}}},
                                                  "0110010"};

static const struct rn_cell amoebanet_d_reduction = {5,
                                                     {{{MAX2, 0}, {MAX3, 0}},
                                                      {{NONE, 2}, {CONV3, 1}},
                                                      {{CONV1X7_7X1, 2}, {MAX3, 2}},
                                                      {{NONE, 3}, {MAX2, 1}},
                                                      {{AVG3, 2}, {CONV1, 3}}},
                                                     "1111000"};

static const struct rn_cell darts_v2_normal = {4,
                                               {{{SEP3, 0}, {SEP3, 1}},
                                                {{SEP3, 0}, {SEP3, 1}},
                                                {{SEP3, 1}, {SKIP, 0}},
                                                {{SKIP, 0}, {DIL3, 2}}},
                                               "110000"};

static const struct rn_cell darts_v2_reduction = {4,
                                                  {{{MAX3, 0}, {MAX3, 1}},
                                                   {{SKIP, 2}, {MAX3, 1}},
                                                   {{MAX3, 0}, {SKIP, 2}},
                                                   {{SKIP, 2}, {MAX3, 1}}},
                                                  "110000"};

const struct rn_cell_net *rn_cell_net(enum rn_block block)
{
    static const struct rn_cell_net nets[] = {
        {&nasnet_a_normal, &nasnet_a_reduction, false},
        {&pnasnet_5, NULL, false},
        {&amoebanet_a_normal, &amoebanet_a_reduction, false},
        {&amoebanet_b_normal, &amoebanet_b_reduction, false},
        {&amoebanet_c_normal, &amoebanet_c_reduction, false},
        {&amoebanet_d_normal, &amoebanet_d_reduction, false},
        {&darts_v2_normal, &darts_v2_reduction, true},
    };

    return &nets[block - RN_BLOCK_NASNET_A];
}
