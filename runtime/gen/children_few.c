/* A sorted list that is searched by both of its numbers. */
#include "gen/children_few.h"

FewChildren *few_new(uint64_t total, Arena *mem)
{
    FewChildren *few = arena_new_of(mem, FewChildren);
    *few = (FewChildren){.total = total};
    few->list = arena_alloc_raw(mem, (total + 1) * sizeof *few->list); /* many are never filled */
    few->list[0] = (Few){UINT64_MAX, total};
    return few;
}

void few_add(FewChildren *few, uint64_t row, uint64_t first)
{
    if (first >= few->total) /* which is not what they add up to, in a ledger changed by hand */
        return;
    few->list[few->n++] = (Few){row, first};
    few->list[few->n] = (Few){UINT64_MAX, few->total};
}

void few_add_sets(FewChildren *few, const RowSet *parents, const RowSet *others)
{
    const RowRange *next = others->ranges, *end = next + others->nranges;
    uint64_t child = 0;
    for (size_t i = 0; i < parents->nranges; i++)
        for (uint64_t k = 0; k < parents->ranges[i].rows; k++) {
            few_add(few, parents->ranges[i].first + k, child++);
            for (; next < end && next->first == child; next++)
                child += next->rows;
        }
}

void few_sets(const FewChildren *few, RowSet *parents, RowSet *others, Arena *mem)
{
    for (uint64_t i = 0; i < few->n; i++) {
        uint64_t first = few->list[i].first, children = few->list[i + 1].first - first;
        rowset_add(parents, few->list[i].row, 1, mem);
        rowset_add(others, first + 1, children - 1, mem);
    }
}

const Few *few_from(const FewChildren *few, uint64_t row)
{
    uint64_t low = 0, high = few->n;
    while (low < high) {
        uint64_t mid = low + (high - low) / 2;
        if (few->list[mid].row < row)
            low = mid + 1;
        else
            high = mid;
    }
    return &few->list[low];
}

const Few *few_with(const FewChildren *few, uint64_t child)
{
    uint64_t low = 0, high = few->n;
    while (high - low > 1) {
        uint64_t mid = low + (high - low) / 2;
        if (few->list[mid].first <= child)
            low = mid;
        else
            high = mid;
    }
    return &few->list[low];
}
