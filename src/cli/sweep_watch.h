/* sweep_watch.h: the action `watch` of regnet sweep. */
#ifndef REGNET_CLI_SWEEP_WATCH_H
#define REGNET_CLI_SWEEP_WATCH_H

int rn_sweep_watch(int argc, char **argv);

#endif
