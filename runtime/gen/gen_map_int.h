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
    X(api_key) \
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
    X(domain) \
    X(email) \
    X(employment_status) \
    X(file_name) \
    X(file_path) \
    X(first_name) \
    X(float) \
    X(full_name) \
    X(hostname) \
    X(http_method) \
    X(http_status) \
    X(iban) \
    X(int) \
    X(int_range) \
    X(interest_rate) \
    X(ipv4) \
    X(ipv6) \
    X(json) \
    X(language) \
    X(language_code) \
    X(last_name) \
    X(loan_amount) \
    X(loan_number) \
    X(loan_status) \
    X(loan_term) \
    X(locale_code) \
    X(lognormal) \
    X(mac) \
    X(merchant) \
    X(mime_type) \
    X(normal) \
    X(password_hash) \
    X(pattern) \
    X(payment_status) \
    X(phone) \
    X(port) \
    X(postcode) \
    X(price) \
    X(ref) \
    X(routing_number) \
    X(semver) \
    X(sentence) \
    X(serial) \
    X(ssn) \
    X(state) \
    X(text) \
    X(time) \
    X(timestamp) \
    X(timestamp_past) \
    X(token) \
    X(transaction_type) \
    X(url) \
    X(user_agent) \
    X(uuid) \
    X(weighted) \
    X(word) \
    /* end */
/* clang-format on */

#endif
