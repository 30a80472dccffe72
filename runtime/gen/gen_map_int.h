/* Every generator, sorted by name (strcmp order), each on a line of its own. Adding one: its GenDef
 * gen_def_NAME in a family file, its name here. */
#ifndef SEEDPIPE_GEN_GEN_MAP_INT_H
#define SEEDPIPE_GEN_GEN_MAP_INT_H

/* clang-format off */
#define GEN_MAP(X) \
    X(account_number) \
    X(address) \
    X(after) \
    X(amount) \
    X(annual_income) \
    X(between) \
    X(bic) \
    X(bool) \
    X(bytes) \
    X(card_network) \
    X(choice) \
    X(city) \
    X(company) \
    X(country) \
    X(country_code) \
    X(credit_bureau) \
    X(credit_card) \
    X(credit_score) \
    X(crypto_address) \
    X(currency) \
    X(currency_code) \
    X(cvv) \
    X(date) \
    X(date_past) \
    X(decimal) \
    X(email) \
    X(employment_status) \
    X(first_name) \
    X(float) \
    X(full_name) \
    X(iban) \
    X(int) \
    X(int_range) \
    X(interest_rate) \
    X(json) \
    X(last_name) \
    X(loan_amount) \
    X(loan_number) \
    X(loan_status) \
    X(loan_term) \
    X(lognormal) \
    X(merchant) \
    X(normal) \
    X(pattern) \
    X(payment_status) \
    X(phone) \
    X(postcode) \
    X(price) \
    X(ref) \
    X(routing_number) \
    X(sentence) \
    X(serial) \
    X(ssn) \
    X(state) \
    X(text) \
    X(time) \
    X(timestamp) \
    X(timestamp_past) \
    X(transaction_type) \
    X(uuid) \
    X(weighted) \
    X(word) \
    /* end */
/* clang-format on */

#endif
