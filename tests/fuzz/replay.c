/* Feeds each file of a directory to a fuzz target, so that what a fuzzer once found stays found. */
#include <dirent.h>
#include <stdio.h>

#include "fuzz.h"
#include "regnet/file.h"

#define LARGEST ((size_t)1 << 20)

static int replay(const char *dir, const char *name)
{
    struct rn_buf path = {0}, bytes = {0};
    struct rn_err err = {0};
    enum rn_status status;

    RN_TRY(rn_path_join(&path, dir, name, &err));
    RN_TRY(rn_file_read(path.data, LARGEST, &bytes, &err));
    (void)LLVMFuzzerTestOneInput((const uint8_t *)bytes.data, bytes.len);
done:
    if (status != RN_OK)
        (void)fprintf(stderr, "%s\n", err.msg);
    rn_buf_release(&bytes);
    rn_buf_release(&path);
    return status == RN_OK;
}

int main(int argc, char **argv)
{
    DIR *dir = argc == 2 ? opendir(argv[1]) : NULL;
    int replayed = 0, failed = 0;

    if (!dir) {
        (void)fprintf(stderr, "usage: replay DIRECTORY\n");
        return 2;
    }
    for (struct dirent *entry = readdir(dir); entry; entry = readdir(dir)) {
        if (entry->d_name[0] == '.')
            continue;
        failed += !replay(argv[1], entry->d_name);
        replayed++;
    }
    (void)closedir(dir);
    (void)printf("%d inputs\n", replayed);
    return failed > 0 || replayed == 0;
}
