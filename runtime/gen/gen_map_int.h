/* Every generator, sorted by name (strcmp order), each on a line of its own. Adding one: its GenDef
 * gen_def_NAME in a family file, its name here. */
#ifndef SEEDPIPE_GEN_GEN_MAP_INT_H
#define SEEDPIPE_GEN_GEN_MAP_INT_H

/* clang-format off */
#define GEN_MAP(X) \
    X(address) \
    X(after) \
    X(annual_income) \
    X(between) \
    X(bool) \
    X(bytes) \
    X(choice) \
    X(city) \
    X(company) \
    X(country) \
    X(country_code) \
    X(credit_bureau) \
    X(credit_score) \
    X(date) \
    X(date_past) \
    X(decimal) \
    X(email) \
    X(employment_status) \
    X(first_name) \
    X(float) \
    X(full_name) \
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
    X(normal) \
    X(pattern) \
    X(payment_status) \
    X(phone) \
    X(postcode) \
    X(ref) \
    X(sentence) \
    X(serial) \
    X(ssn) \
    X(state) \
    X(text) \
    X(time) \
    X(timestamp) \
    X(timestamp_past) \
    X(uuid) \
    X(weighted) \
    X(word) \
    /* end */
/* clang-format on */

#endif
