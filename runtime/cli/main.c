/* The program's entry. */
#include "base/os.h"
#include "cli/cli.h"

int main(int argc, char **argv)
{
    os_hold_standard_streams();
    os_exit(cli_main(argc, argv));
}
