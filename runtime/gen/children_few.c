/* A sorted list that is searched by both of its numbers. */
#include "gen/children_few.h"

FewChildren *few_new(uint64_t total, Arena *mem)
{
    FewChildren *few = arena_new_of(mem, FewChildren);
    *few = (FewChildren){.list = arena_array(mem, Few, total + 1), .total = total};
    few->list[0] = (Few){UINT64_MAX, total};
    return few;
}

void few_add(FewChildren *few, uint64_t row, uint64_t first)
{
    if (few->n == few->total)
        return;
    few->list[few->n++] = (Few){row, first};
    few->list[few->n] = (Few){UINT64_MAX, few->total};
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
