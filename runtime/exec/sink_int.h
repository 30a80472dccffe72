/* Private to the sinks. Rows are cut into pieces of a fixed size; workers make pieces side by side
 * and write them in order, so the bytes are the same with any number of workers, and memory is a
 * piece for each. */
#ifndef SEEDPIPE_EXEC_SINK_INT_H
#define SEEDPIPE_EXEC_SINK_INT_H

#include "base/buf.h"
#include "exec/exec_int.h"

typedef enum SinkKind { SINK_NULL, SINK_CSV, SINK_JSONL, SINK_SQL } SinkKind;

/* ---- sink_file.c: a file appears under its name when all of the run is written, or never. */

typedef struct SinkFile {
    const char *path; /* NULL: standard output */
    const char *part; /* what is written to until then, in the same folder */
    int fd;           /* -1: not open */
    bool created;     /* part exists */
    uint64_t bytes;
} SinkFile;

SinkFile sink_file_new(const char *path, Arena *mem);
bool sink_file_write(SinkFile *f, const void *bytes, size_t n, Arena *mem, Err *err);
bool sink_file_close(SinkFile *f, Arena *mem, Err *err);
bool sink_file_publish(SinkFile *f, Arena *mem, Err *err);
void sink_file_discard(SinkFile *f);
/* Part files in a folder that a killed process left are removed. Returns how many other files are
 * there. */
size_t sink_clean_dir(const char *dir, Arena *mem);
/* "billing.accounts.csv": a table's file name, safe whatever the table is called. */
const char *sink_file_name(const Table *table, const char *extension, Arena *mem);

/* ---- sink_rows.c */

/* What goes to the sink, in order: a text, then rows. */
typedef struct SinkSection {
    int file;
    const char *text; /* NULL: none */
    int table;
    uint64_t first, rows;
} SinkSection;

typedef struct Sink {
    Session *s;
    SinkKind kind;
    Engine engine; /* SINK_SQL */
    SinkFile *files;
    int nfiles;
    const char *made_dir; /* NULL: it was there */
    SinkSection *sections;
    int nsections;
    const Str **json_names; /* SINK_JSONL: per table and column: what stands before a cell */
} Sink;

/* Makes all rows and writes them. False: an error was added, or s->stop says why it ended. */
bool sink_write(Sink *sink);

/* ---- sink_format.c: rows of a batch as the sink writes them. */

/* The statement that rows of a piece go on with. */
typedef struct SinkStatement {
    uint32_t rows;
    size_t start;
} SinkStatement;

const char *sink_csv_header(const TablePlan *tp, Arena *mem);
const Str *sink_json_names(const TablePlan *tp, Arena *mem);
void sink_put_rows(const Sink *sink, int table, const Batch *batch, SinkStatement *statement,
                   Buf *out);
void sink_begin_piece(const Sink *sink, Buf *out);
void sink_end_piece(const Sink *sink, SinkStatement *statement, Buf *out);

#endif
