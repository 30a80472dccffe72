/* Private to env/: a YAML file as a small tree in which every node knows its place. */
#ifndef SEEDPIPE_ENV_ENV_INT_H
#define SEEDPIPE_ENV_ENV_INT_H

#include <stddef.h>

#include "env/env.h"

typedef enum DocKind { DOC_TEXT, DOC_LIST, DOC_MAP } DocKind;

typedef struct DocNode {
    DocKind kind;
    int line, column;         /* from 1 */
    const char *text;         /* DOC_TEXT */
    bool plain;               /* DOC_TEXT: written without quotes */
    struct DocEntry *entries; /* DOC_LIST, DOC_MAP: n of them */
    int n;
} DocNode;

typedef struct DocEntry {
    const DocNode *key; /* DOC_MAP: DOC_TEXT, distinct; NULL in a list */
    const DocNode *value;
} DocEntry;

#define DOC_MAX_BYTES (64u << 10)
#define DOC_MAX_DEPTH 4

/* Reads one document of plain YAML: no anchors, aliases, tags or merge keys. *root is NULL when the
 * file holds nothing. False with an ERR_ENV error at file:line:column. */
bool doc_read(const char *path, const DocNode **root, Arena *mem, Err *err);
/* The same from text; path is for messages. */
bool doc_parse(const char *path, const char *text, size_t len, const DocNode **root, Arena *mem,
               Err *err);

/* "envs/dev.yaml:3:5" */
const char *doc_where(const char *path, const DocNode *node, Arena *mem);

/* Fills env from the root of its file; every error found is added. */
bool env_settings(Env *env, const DocNode *root, Arena *mem, Err *err);

#endif
