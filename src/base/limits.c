/* How much memory this process may still take: three limits of Linux, the least of them. */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "regnet/memory.h"

#define GROUPS "/sys/fs/cgroup"

/* The number after `key` at the beginning of one of a file's lines; key "": the first number. */
static bool number_in(const char *path, const char *key, size_t *value)
{
    FILE *file = fopen(path, "re");
    char line[256];
    bool found = false;

    while (file && !found && fgets(line, sizeof line, file))
        found =
            strncmp(line, key, strlen(key)) == 0 && sscanf(line + strlen(key), "%zu", value) == 1;
    if (file)
        (void)fclose(file);
    return found;
}

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

static size_t difference(size_t a, size_t b)
{
    return a > b ? a - b : 0;
}

/* Of the machine, in kB. */
static size_t free_of_system(void)
{
    size_t available, swap = 0;

    if (!number_in("/proc/meminfo", "MemAvailable:", &available))
        return SIZE_MAX;
    (void)number_in("/proc/meminfo", "SwapFree:", &swap);
    return (available + swap) * 1024;
}

static size_t free_of_address_space(void)
{
    struct rlimit limit;
    size_t pages = 0;

    if (getrlimit(RLIMIT_AS, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY)
        return SIZE_MAX;
    (void)number_in("/proc/self/statm", "", &pages);
    return difference(limit.rlim_cur, pages * (size_t)sysconf(_SC_PAGESIZE));
}

/* What a group's limit leaves; files read before can be forgotten. */
static size_t free_of_group(const char *dir, const char *max, const char *now, const char *files)
{
    char path[1200];
    size_t limit, used, cached = 0;

    (void)snprintf(path, sizeof path, "%s/%s", dir, max);
    if (!number_in(path, "", &limit)) /* "max" is no number */
        return SIZE_MAX;
    (void)snprintf(path, sizeof path, "%s/%s", dir, now);
    if (!number_in(path, "", &used))
        return SIZE_MAX;
    (void)snprintf(path, sizeof path, "%s/memory.stat", dir);
    (void)number_in(path, files, &cached);
    return difference(limit, difference(used, cached));
}

/* The least of what a group and those that it is in leave. */
static size_t free_of_nested(char *dir, bool second)
{
    size_t bytes = SIZE_MAX;

    for (; strlen(dir) >= strlen(GROUPS); *strrchr(dir, '/') = 0)
        bytes = least(bytes,
                      second ? free_of_group(dir, "memory.max", "memory.current", "inactive_file ")
                             : free_of_group(dir, "memory.limit_in_bytes", "memory.usage_in_bytes",
                                             "total_inactive_file "));
    return bytes;
}

/* Lines are 0::/NAME in version 2, N:memory:/NAME in version 1. */
static size_t free_of_groups(void)
{
    FILE *file = fopen("/proc/self/cgroup", "re");
    char line[1024], dir[1100];
    size_t bytes = SIZE_MAX;

    while (file && fgets(line, sizeof line, file)) {
        bool second = strncmp(line, "0::", 3) == 0;
        char *name = second ? line + 2 : strstr(line, ":memory:");
        if (!name)
            continue;
        name = strrchr(name, ':') + 1;
        name[strcspn(name, "\n")] = 0;
        (void)snprintf(dir, sizeof dir, "%s%s%s", GROUPS, second ? "" : "/memory", name);
        bytes = least(bytes, free_of_nested(dir, second));
    }
    if (file)
        (void)fclose(file);
    return bytes;
}

size_t rn_memory_free(void)
{
    return least(free_of_system(), least(free_of_groups(), free_of_address_space()));
}

size_t rn_memory_held(void)
{
    FILE *file = fopen("/proc/self/statm", "re");
    size_t pages = 0;

    if (file && fscanf(file, "%*u %zu", &pages) != 1)
        pages = 0;
    if (file)
        (void)fclose(file);
    return pages * (size_t)sysconf(_SC_PAGESIZE);
}
