/* Common last names by language: bearers among 100,000 people, rounded; locale files do not say
 * which names are common. Written from general knowledge. Compared with published counts: the first
 * ten of Denmark (2016) and Germany (telephones, 2018), the first three of Spain (2024), four of
 * Korea (2007): all within four percent. The others are estimates. */
#include "gen/words_int.h"

#include <string.h>

#define W(word, bearers)                                                                           \
    {                                                                                              \
        {word, sizeof(word) - 1}, bearers                                                          \
    }
#define ALL 100000u

static const Word bg[] = {W("Иванов", 3500),  W("Георгиев", 3000), W("Димитров", 2900),
                          W("Петров", 2000),  W("Николов", 1700),  W("Христов", 1400),
                          W("Стоянов", 1400), W("Тодоров", 1300),  W("Илиев", 1000),
                          W("Ангелов", 950),  W("Василев", 900),   W("Атанасов", 850),
                          W("Петков", 650),   W("Колев", 600)};
static const Word da[] = {W("Nielsen", 4600),  W("Jensen", 4600),   W("Hansen", 3850),
                          W("Pedersen", 2900), W("Andersen", 2780), W("Christensen", 2150),
                          W("Larsen", 2060),   W("Sørensen", 2000), W("Rasmussen", 1680),
                          W("Jørgensen", 1580)};
static const Word de[] = {
    W("Müller", 840),   W("Schmidt", 630),  W("Schneider", 380), W("Fischer", 320),
    W("Weber", 280),    W("Meyer", 275),    W("Wagner", 260),    W("Becker", 245),
    W("Schulz", 240),   W("Hoffmann", 235), W("Schäfer", 205),   W("Koch", 205),
    W("Bauer", 200),    W("Richter", 195),  W("Klein", 185),     W("Wolf", 180),
    W("Schröder", 175), W("Neumann", 160),  W("Schwarz", 155),   W("Zimmermann", 150),
    W("Braun", 150),    W("Krüger", 145),   W("Hofmann", 145),   W("Hartmann", 135),
    W("Lange", 130)};
static const Word es[] = {
    W("García", 3060),   W("González", 1940), W("Rodríguez", 1940), W("Fernández", 1900),
    W("López", 1830),    W("Martínez", 1750), W("Sánchez", 1710),   W("Pérez", 1630),
    W("Gómez", 1030),    W("Martín", 1010),   W("Jiménez", 830),    W("Ruiz", 770),
    W("Hernández", 760), W("Díaz", 700),      W("Moreno", 660),     W("Muñoz", 590),
    W("Álvarez", 590),   W("Romero", 470),    W("Alonso", 420),     W("Gutiérrez", 430),
    W("Torres", 400),    W("Navarro", 390)};
static const Word es_mx[] = {W("Hernández", 4400), W("García", 3300),   W("Martínez", 3300),
                             W("López", 3000),     W("González", 3000), W("Rodríguez", 2250),
                             W("Pérez", 2250),     W("Sánchez", 2100),  W("Ramírez", 2000),
                             W("Flores", 1450),    W("Cruz", 1450),     W("Gómez", 1350)};
static const Word fi[] = {W("Korhonen", 420), W("Virtanen", 415),  W("Mäkinen", 375),
                          W("Nieminen", 375), W("Mäkelä", 345),    W("Hämäläinen", 340),
                          W("Laine", 330),    W("Heikkinen", 320), W("Koskinen", 315),
                          W("Järvinen", 300)};
static const Word fr[] = {
    W("Martin", 350),   W("Bernard", 195), W("Thomas", 180),   W("Petit", 175),
    W("Robert", 170),   W("Richard", 165), W("Durand", 160),   W("Dubois", 155),
    W("Moreau", 150),   W("Laurent", 145), W("Simon", 140),    W("Michel", 135),
    W("Lefebvre", 130), W("Leroy", 125),   W("Roux", 115),     W("David", 115),
    W("Bertrand", 110), W("Morel", 105),   W("Fournier", 105), W("Girard", 105)};
static const Word it[] = {
    W("Rossi", 345),   W("Russo", 230),   W("Ferrari", 200), W("Esposito", 165), W("Bianchi", 145),
    W("Romano", 140),  W("Colombo", 125), W("Ricci", 110),   W("Marino", 105),   W("Greco", 100),
    W("Bruno", 95),    W("Gallo", 90),    W("Conti", 90),    W("Mancini", 80),   W("Costa", 80),
    W("Giordano", 80), W("Rizzo", 75),    W("Lombardi", 75), W("Moretti", 70)};
static const Word ja[] = {W("佐藤", 1490),  W("鈴木", 1430), W("高橋", 1120), W("田中", 1060),
                          W("伊藤", 855),   W("渡辺", 845),  W("山本", 830),  W("中村", 830),
                          W("小林", 815),   W("加藤", 705),  W("吉田", 660),  W("山田", 650),
                          W("佐々木", 535), W("山口", 510),  W("松本", 500),  W("井上", 490),
                          W("木村", 460),   W("林", 435),    W("斎藤", 430),  W("清水", 425)};
static const Word ko[] = {W("김", 21500), W("이", 14700), W("박", 8400), W("최", 4700),
                          W("정", 4300),  W("강", 2370),  W("조", 2120), W("윤", 2050),
                          W("장", 1990),  W("임", 1660),  W("한", 1550), W("오", 1530),
                          W("서", 1510),  W("신", 1490),  W("권", 1420), W("황", 1400),
                          W("안", 1380),  W("송", 1370),  W("홍", 1120), W("전", 1120)};
static const Word nb[] = {
    W("Hansen", 1000),     W("Johansen", 930),   W("Olsen", 930),    W("Larsen", 710),
    W("Andersen", 700),    W("Pedersen", 640),   W("Nilsen", 640),   W("Kristiansen", 430),
    W("Jensen", 425),      W("Karlsen", 395),    W("Johnsen", 390),  W("Pettersen", 370),
    W("Eriksen", 350),     W("Berg", 330),       W("Haugen", 265),   W("Hagen", 260),
    W("Johannessen", 250), W("Andreassen", 235), W("Jacobsen", 225), W("Dahl", 210)};
static const Word nl[] = {
    W("Jong", 510),   W("Jansen", 450),   W("Vries", 435),   W("Berg", 360),   W("Dijk", 346),
    W("Bakker", 338), W("Janssen", 332),  W("Visser", 305),  W("Smit", 260),   W("Meijer", 245),
    W("Boer", 237),   W("Mulder", 222),   W("Groot", 221),   W("Bos", 218),    W("Vos", 186),
    W("Peters", 186), W("Hendriks", 181), W("Leeuwen", 176), W("Dekker", 170), W("Brouwer", 156)};
static const Word pl[] = {
    W("Nowak", 535),     W("Kowalski", 360),  W("Wiśniewski", 290),  W("Wójcik", 258),
    W("Kowalczyk", 256), W("Kamiński", 248),  W("Lewandowski", 242), W("Zieliński", 237),
    W("Szymański", 234), W("Woźniak", 232),   W("Dąbrowski", 226),   W("Kozłowski", 197),
    W("Jankowski", 180), W("Mazur", 178),     W("Kwiatkowski", 172), W("Wojciechowski", 171),
    W("Krawczyk", 163),  W("Kaczmarek", 160), W("Piotrowski", 158),  W("Grabowski", 153)};
static const Word pt[] = {
    W("Silva", 9440),    W("Santos", 5960),    W("Ferreira", 5250),  W("Pereira", 4880),
    W("Oliveira", 3710), W("Costa", 3680),     W("Rodrigues", 3570), W("Martins", 3230),
    W("Sousa", 2950),    W("Fernandes", 2820), W("Gonçalves", 2760), W("Gomes", 2570),
    W("Lopes", 2520),    W("Marques", 2510),   W("Alves", 2370),     W("Almeida", 2270),
    W("Ribeiro", 2270),  W("Pinto", 2090),     W("Carvalho", 1970)};
static const Word pt_br[] = {W("Silva", 16800), W("Santos", 10500), W("Oliveira", 5700),
                             W("Souza", 4400),  W("Pereira", 3300), W("Ferreira", 3100),
                             W("Lima", 2900),   W("Alves", 2800),   W("Rodrigues", 2800),
                             W("Costa", 2400)};
static const Word ru[] = {W("Смирнов", 1862), W("Иванов", 1380), W("Кузнецов", 1305),
                          W("Попов", 993),    W("Соколов", 870), W("Лебедев", 786),
                          W("Козлов", 682),   W("Новиков", 675), W("Морозов", 674),
                          W("Петров", 661),   W("Волков", 644),  W("Соловьев", 644),
                          W("Васильев", 549), W("Зайцев", 545),  W("Павлов", 534)};
static const Word sv[] = {W("Andersson", 2250), W("Johansson", 2240), W("Karlsson", 1980),
                          W("Nilsson", 1510),   W("Eriksson", 1310),  W("Larsson", 1110),
                          W("Olsson", 970),     W("Persson", 950),    W("Svensson", 900),
                          W("Gustafsson", 870)};
static const Word zh[] = {W("王", 7100), W("李", 7000), W("张", 6740), W("刘", 5100),
                          W("陈", 4610), W("杨", 3220), W("黄", 2400), W("赵", 2050),
                          W("吴", 1860), W("周", 1800), W("徐", 1450), W("孙", 1380),
                          W("马", 1290), W("朱", 1260), W("胡", 1160), W("郭", 1150),
                          W("何", 1060), W("林", 1030), W("高", 1000), W("罗", 1000)};
static const Word zh_tw[] = {W("陳", 11140), W("林", 8300), W("黃", 6010), W("張", 5270),
                             W("李", 5130),  W("王", 4110), W("吳", 4010), W("劉", 3160),
                             W("蔡", 2910),  W("楊", 2650), W("許", 2330), W("鄭", 1890),
                             W("謝", 1790),  W("洪", 1530), W("郭", 1510), W("邱", 1480),
                             W("曾", 1470),  W("廖", 1350), W("賴", 1340), W("徐", 1340)};

static const struct {
    const char *language;
    WordList names;
} languages[] = {
    {"bg", WORD_LIST(bg)},       {"da", WORD_LIST(da)},       {"de", WORD_LIST(de)},
    {"es", WORD_LIST(es)},       {"es-MX", WORD_LIST(es_mx)}, {"fi", WORD_LIST(fi)},
    {"fr", WORD_LIST(fr)},       {"it", WORD_LIST(it)},       {"ja", WORD_LIST(ja)},
    {"ko", WORD_LIST(ko)},       {"nb", WORD_LIST(nb)},       {"nl", WORD_LIST(nl)},
    {"pl", WORD_LIST(pl)},       {"pt", WORD_LIST(pt)},       {"pt-BR", WORD_LIST(pt_br)},
    {"ru", WORD_LIST(ru)},       {"sv", WORD_LIST(sv)},       {"zh", WORD_LIST(zh)},
    {"zh-TW", WORD_LIST(zh_tw)},
};

static const WordList *names_of(const char *locale)
{
    size_t language = strcspn(locale, "-"), all = strlen(locale);
    for (size_t n = all; n >= language && n > 0; n = n > language ? language : 0)
        for (size_t i = 0; i < sizeof languages / sizeof *languages; i++)
            if (strlen(languages[i].language) == n && memcmp(languages[i].language, locale, n) == 0)
                return &languages[i].names;
    return NULL;
}

/* Смирнов, and of a woman Смирнова. */
static bool is_name(Str word, Str name, bool woman)
{
    static const char ending[] = "а";
    size_t more = woman ? sizeof ending - 1 : 0;
    return word.n == name.n + more && memcmp(word.p, name.p, name.n) == 0 &&
           memcmp(word.p + name.n, ending, more) == 0;
}

static uint32_t bearers(const WordList *names, Str word, bool woman)
{
    for (uint32_t i = 0; i < names->count; i++)
        if (is_name(word, names->items[i].s, false) ||
            (woman && is_name(word, names->items[i].s, true)))
            return names->items[i].weight;
    return 0;
}

void words_weigh_surnames(const char *locale, const char *key, Word *words, uint32_t n)
{
    const WordList *names = names_of(locale);
    const char *surname = strstr(key, "last_name");
    if (!names || !surname || strcmp(surname, "last_name") != 0)
        return;
    bool woman = strstr(key, "female") != NULL;
    uint32_t least = ALL, sum = 0, others = 0;
    for (uint32_t i = 0; i < n; i++) {
        uint32_t known = bearers(names, words[i].s, woman);
        sum += known;
        least = known && known < least ? known : least;
        others += known ? 0 : words[i].weight;
    }
    if (!sum)
        return;
    /* The others share the rest of the people, but none is more common than a common one. */
    uint32_t rest = others && sum < ALL ? (ALL - sum) / others : 1;
    rest = rest > least * 4 / 5 ? least * 4 / 5 : rest;
    for (uint32_t i = 0; i < n; i++) {
        uint32_t known = bearers(names, words[i].s, woman);
        words[i].weight = known ? known : words[i].weight * (rest ? rest : 1);
    }
}
