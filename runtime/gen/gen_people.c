/* More about people: gender, date of birth, forms of address, occupations. */
#include "base/calendar.h"
#include "gen/phrase_int.h"

PHRASE_GEN(gender, "person", "gender", "A gender: female, male or nonbinary.", {"female", 503},
           {"male", 487}, {"nonbinary", 10})

PHRASE_GEN(name_prefix, "person", "name", "A form of address: Mr., Ms., Mrs., Dr.", {"Mr.", 47},
           {"Ms.", 34}, {"Mrs.", 13}, {"Dr.", 5}, {"Mx.", 1})

PHRASE_GEN(name_suffix, "person", "name", "What stands behind a name: Jr., Sr., III, PhD.",
           {"Jr.", 40}, {"Sr.", 14}, {"II", 10}, {"III", 9}, {"IV", 2}, {"MD", 9}, {"PhD", 9},
           {"DDS", 3}, {"Esq.", 2}, {"RN", 2})

/* ---- birthdate: on the clock's day everybody is at least min and at most max years old */

static bool bind_birthdate(GenBind *b)
{
    int64_t min = gen_param_int(b, "min", 18), max = gen_param_int(b, "max", 85), clock;
    if (!param_ordered(b, "min", "max", min <= max) || !param_clock(b, &clock))
        return false;
    int64_t today = calendar_day_of(clock);
    return int_range_bind(b, (Type){.kind = TYPE_DATE},
                          calendar_add_months(today, -12 * (max + 1)) + 1,
                          calendar_add_months(today, -12 * min), 1);
}

static const GenParam birthdate_params[] = {
    {.name = "min",
     .kind = PARAM_INT,
     .default_text = "18",
     .min = 0,
     .max = 150,
     .doc = "the least age"},
    {.name = "max",
     .kind = PARAM_INT,
     .default_text = "85",
     .min = 0,
     .max = 150,
     .doc = "the greatest age"},
};
const GenDef gen_def_birthdate = {
    .name = "birthdate",
    .family = "person",
    .doc = "A date of birth for an age between two bounds, as of the recipe's clock.",
    .example = "birthdate { min = 21, max = 65 }",
    GEN_PARAMS(birthdate_params),
    .pii = "birthdate",
    .bind = bind_birthdate};

PHRASE_GEN(job_title, "person", "employment",
           "An occupation as business cards have it, such as Senior Data Analyst.",
           {"#{Accountant|Actuary|Architect|Bookkeeper|Carpenter|Chef|Civil Engineer|Data Analyst|"
            "Dental Hygienist|Editor|Electrician|Financial Analyst|Graphic Designer|Journalist|"
            "Lawyer|Librarian|Mechanic|Nurse|Office Manager|Paralegal|Paramedic|Pharmacist|"
            "Physician|Plumber|Police Officer|Product Designer|Project Manager|Psychologist|"
            "Real Estate Agent|Receptionist|Recruiter|Sales Representative|Social Worker|"
            "Software Engineer|Surveyor|Teacher|Technical Writer|Translator|Truck Driver|"
            "Veterinarian|Web Developer|Welder}",
            55},
           {"#{Senior|Junior|Lead|Principal|Assistant|Associate|Chief} "
            "#{Accountant|Analyst|Architect|Auditor|Buyer|Consultant|Data Scientist|Designer|"
            "Developer|Economist|Engineer|Marketing Manager|Planner|Producer|Product Manager|"
            "Researcher|Technician|Underwriter}",
            30},
           {"#{Head of|Director of|Vice President of|Manager of} "
            "#{Communications|Compliance|Customer Success|Design|Engineering|Finance|Human "
            "Resources|Legal Affairs|Logistics|Marketing|Operations|Procurement|Product|Research|"
            "Sales|Security}",
            15})
