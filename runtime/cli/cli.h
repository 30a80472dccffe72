/* The command line: what the program does with its arguments, from parsing them to the exit status.
 */
#ifndef SEEDPIPE_CLI_CLI_H
#define SEEDPIPE_CLI_CLI_H

/* Runs one command. Returns the exit status that DESIGN's table and err.h give. Passwords in argv
 * are painted over, so that `ps` no longer shows them. */
int cli_main(int argc, char **argv);

#endif
