/* Currencies: English names and codes of ISO 4217, in one order; weights follow their share in
 * foreign exchange, and 1 for the others. */
#include "gen/words_int.h"

#define CURRENCIES(X)                                                                              \
    X("US Dollar", "USD", 880)                                                                     \
    X("Euro", "EUR", 305)                                                                          \
    X("Yen", "JPY", 167)                                                                           \
    X("Pound Sterling", "GBP", 129)                                                                \
    X("Yuan Renminbi", "CNY", 70)                                                                  \
    X("Australian Dollar", "AUD", 64)                                                              \
    X("Canadian Dollar", "CAD", 62)                                                                \
    X("Swiss Franc", "CHF", 52)                                                                    \
    X("Hong Kong Dollar", "HKD", 26)                                                               \
    X("Singapore Dollar", "SGD", 24)                                                               \
    X("Swedish Krona", "SEK", 22)                                                                  \
    X("Won", "KRW", 19)                                                                            \
    X("Norwegian Krone", "NOK", 17)                                                                \
    X("New Zealand Dollar", "NZD", 17)                                                             \
    X("Indian Rupee", "INR", 16)                                                                   \
    X("Mexican Peso", "MXN", 15)                                                                   \
    X("New Taiwan Dollar", "TWD", 11)                                                              \
    X("Rand", "ZAR", 10)                                                                           \
    X("Brazilian Real", "BRL", 9)                                                                  \
    X("Danish Krone", "DKK", 7)                                                                    \
    X("Zloty", "PLN", 7)                                                                           \
    X("Baht", "THB", 4)                                                                            \
    X("New Israeli Sheqel", "ILS", 4)                                                              \
    X("Rupiah", "IDR", 4)                                                                          \
    X("Czech Koruna", "CZK", 4)                                                                    \
    X("UAE Dirham", "AED", 4)                                                                      \
    X("Turkish Lira", "TRY", 4)                                                                    \
    X("Forint", "HUF", 3)                                                                          \
    X("Chilean Peso", "CLP", 3)                                                                    \
    X("Saudi Riyal", "SAR", 2)                                                                     \
    X("Philippine Peso", "PHP", 2)                                                                 \
    X("Malaysian Ringgit", "MYR", 2)                                                               \
    X("Colombian Peso", "COP", 2)                                                                  \
    X("Romanian Leu", "RON", 1)                                                                    \
    X("Sol", "PEN", 1)                                                                             \
    X("Bulgarian Lev", "BGN", 1)                                                                   \
    X("Bahraini Dinar", "BHD", 1)                                                                  \
    X("Argentine Peso", "ARS", 1)                                                                  \
    X("Algerian Dinar", "DZD", 1)                                                                  \
    X("Egyptian Pound", "EGP", 1)                                                                  \
    X("Iceland Krona", "ISK", 1)                                                                   \
    X("Jordanian Dinar", "JOD", 1)                                                                 \
    X("Kenyan Shilling", "KES", 1)                                                                 \
    X("Kuwaiti Dinar", "KWD", 1)                                                                   \
    X("Moroccan Dirham", "MAD", 1)                                                                 \
    X("Naira", "NGN", 1)                                                                           \
    X("Pakistan Rupee", "PKR", 1)                                                                  \
    X("Qatari Rial", "QAR", 1)                                                                     \
    X("Serbian Dinar", "RSD", 1)                                                                   \
    X("Sri Lanka Rupee", "LKR", 1)                                                                 \
    X("Taka", "BDT", 1)                                                                            \
    X("Tenge", "KZT", 1)                                                                           \
    X("Tunisian Dinar", "TND", 1)                                                                  \
    X("Hryvnia", "UAH", 1)                                                                         \
    X("Peso Uruguayo", "UYU", 1)                                                                   \
    X("Dong", "VND", 1)

#define X(name, code, weight) {{name, sizeof(name) - 1}, weight},
static const Word names[] = {CURRENCIES(X)};
#undef X
#define X(name, code, weight) {{code, 3}, weight},
static const Word codes[] = {CURRENCIES(X)};
#undef X

const WordList words_currencies = WORD_LIST(names);
const WordList words_currency_codes = WORD_LIST(codes);
