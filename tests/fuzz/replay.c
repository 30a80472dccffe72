/* Runs a fuzz target over files and the files of folders: `fuzz_NAME CORPUS...`. */
#include <string.h>

#include "base/os.h"
#include "fuzz.h"

enum { INPUT_MAX = 1 << 20 };

static int replay(const char *path, Arena *mem)
{
    Err err = {0};
    size_t len = 0;
    const char *text = os_read_file(path, INPUT_MAX, &len, ERR_IO, mem, &err);
    if (!text) {
        fprintf(stderr, "%s\n", err.first->message);
        exit(1);
    }
    /* No byte behind the input, so that reading past it is seen. */
    uint8_t *data = malloc(len ? len : 1);
    MUST(data);
    memcpy(data, text, len);
    fprintf(stderr, "%s\n", path);
    LLVMFuzzerTestOneInput(data, len);
    free(data);
    return 1;
}

int main(int argc, char **argv)
{
    Arena *mem = arena_new();
    int inputs = 0;
    for (int i = 1; i < argc; i++) {
        size_t n = 0;
        char **names = os_is_dir(argv[i]) ? os_list_dir(argv[i], &n, mem) : NULL;
        for (size_t k = 0; k < n; k++)
            inputs += replay(os_path_join(argv[i], names[k], mem), mem);
        if (!names)
            inputs += replay(argv[i], mem);
    }
    arena_free(mem);
    fprintf(stderr, "%d inputs\n", inputs);
    return inputs > 0 ? 0 : 1;
}
