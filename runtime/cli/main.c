/* The program's entry. */
#include "base/os.h"
#include "cli/cli.h"

int main(int argc, char **argv)
{
    os_exit(cli_main(argc, argv));
}
