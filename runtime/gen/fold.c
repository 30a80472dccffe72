/* See fold_int.h. */
#include "gen/fold_int.h"

#include "base/utf8.h"

/* U+00C0 to U+017F, two characters each, blank filled. */
static const char folded[] = "A A A A A A AeC E E E E I I I I D N O O O O O   O U U U U Y Thss"
                             "a a a a a a aec e e e e i i i i d n o o o o o   o u u u u y thy "
                             "A a A a A a C c C c C c C c D d D d E e E e E e E e E e G g G g "
                             "G g G g H h H h I i I i I i I i I i IjijJ j K k k L l L l L l L "
                             "l L l N n N n N n n N n O o O o O o OeoeR r R r R r S s S s S s "
                             "S s T t T t T t U u U u U u U u U u U u W w Y y Y Z z Z z Z z s ";

uint32_t fold_letter(const char *s, size_t n, uint32_t *bytes, char *out)
{
    unsigned char first = (unsigned char)s[0];
    *bytes = (uint32_t)utf8_prefix(s, n, 1);
    if (first < 0x80) {
        out[0] = s[0];
        return 1;
    }
    if (first < 0xc3 || first > 0xc5 || *bytes != 2)
        return 0;
    const char *letters = folded + ((first - 0xc3) * 64 + ((unsigned char)s[1] & 63)) * 2;
    uint32_t count = 0;
    for (int i = 0; i < FOLD_MAX; i++)
        if (letters[i] != ' ')
            out[count++] = letters[i];
    return count;
}
