/* Health care: codes, measurements and names with the frequencies of a general practice. */
#include "gen/check_digits.h"
#include "gen/numbered_int.h"
#include "gen/phrase_int.h"

/* Codes of ICD-10-CM with their descriptions, in one order; weights: how often they are coded. */
#define DIAGNOSES(X)                                                                               \
    X("I10", "Essential (primary) hypertension", 95)                                               \
    X("E78.5", "Hyperlipidemia, unspecified", 70)                                                  \
    X("E11.9", "Type 2 diabetes mellitus without complications", 60)                               \
    X("Z00.00", "General adult medical examination without abnormal findings", 55)                 \
    X("K21.9", "Gastro-esophageal reflux disease without esophagitis", 40)                         \
    X("F41.9", "Anxiety disorder, unspecified", 38)                                                \
    X("M54.50", "Low back pain, unspecified", 35)                                                  \
    X("F32.A", "Depression, unspecified", 33)                                                      \
    X("E03.9", "Hypothyroidism, unspecified", 30)                                                  \
    X("J06.9", "Acute upper respiratory infection, unspecified", 30)                               \
    X("N39.0", "Urinary tract infection, site not specified", 25)                                  \
    X("E66.9", "Obesity, unspecified", 25)                                                         \
    X("R05.9", "Cough, unspecified", 22)                                                           \
    X("J45.909", "Unspecified asthma, uncomplicated", 20)                                          \
    X("R53.83", "Other fatigue", 20)                                                               \
    X("G47.33", "Obstructive sleep apnea", 18)                                                     \
    X("R51.9", "Headache, unspecified", 18)                                                        \
    X("I25.10", "Atherosclerotic heart disease of native coronary artery", 17)                     \
    X("E55.9", "Vitamin D deficiency, unspecified", 17)                                            \
    X("J02.9", "Acute pharyngitis, unspecified", 16)                                               \
    X("R07.9", "Chest pain, unspecified", 15)                                                      \
    X("J44.9", "Chronic obstructive pulmonary disease, unspecified", 14)                           \
    X("M25.561", "Pain in right knee", 14)                                                         \
    X("I48.91", "Unspecified atrial fibrillation", 13)                                             \
    X("N18.30", "Chronic kidney disease, stage 3 unspecified", 12)                                 \
    X("D64.9", "Anemia, unspecified", 12)                                                          \
    X("J30.9", "Allergic rhinitis, unspecified", 12)                                               \
    X("K59.00", "Constipation, unspecified", 10)                                                   \
    X("R10.9", "Unspecified abdominal pain", 10)                                                   \
    X("G43.909", "Migraine, unspecified, not intractable", 9)                                      \
    X("L30.9", "Dermatitis, unspecified", 9)                                                       \
    X("M17.11", "Unilateral primary osteoarthritis, right knee", 9)                                \
    X("R42", "Dizziness and giddiness", 9)                                                         \
    X("I50.9", "Heart failure, unspecified", 8)                                                    \
    X("J18.9", "Pneumonia, unspecified organism", 8)                                               \
    X("H66.90", "Otitis media, unspecified, unspecified ear", 7)                                   \
    X("B34.9", "Viral infection, unspecified", 7)                                                  \
    X("U07.1", "COVID-19", 7)                                                                      \
    X("M81.0", "Age-related osteoporosis without current fracture", 6)                             \
    X("Z23", "Encounter for immunization", 30)

#define X(code, text, weight) {code, weight},
static const PhraseForm codes[] = {DIAGNOSES(X)};
#undef X
#define X(code, text, weight) {text, weight},
static const PhraseForm diagnoses[] = {DIAGNOSES(X)};
#undef X

static bool bind_icd10_code(GenBind *b)
{
    return phrase_forms_bind(b, codes, sizeof codes / sizeof *codes);
}

static bool bind_diagnosis(GenBind *b)
{
    return phrase_forms_bind(b, diagnoses, sizeof diagnoses / sizeof *diagnoses);
}

const GenDef gen_def_icd10_code = {.name = "icd10_code",
                                   .family = "medical",
                                   .doc =
                                       "A diagnosis code of ICD-10-CM, as common as in practices.",
                                   .example = "icd10_code()",
                                   .pii = "health",
                                   .bind = bind_icd10_code};
const GenDef gen_def_diagnosis = {.name = "diagnosis",
                                  .family = "medical",
                                  .doc = "A diagnosis in words, as ICD-10-CM puts it.",
                                  .example = "diagnosis()",
                                  .pii = "health",
                                  .bind = bind_diagnosis};

PHRASE_GEN(medication, "medical", "health",
           "A medication's generic name; common ones come more often.", {"Atorvastatin", 29},
           {"Metformin", 24}, {"Levothyroxine", 24}, {"Lisinopril", 22}, {"Amlodipine", 19},
           {"Metoprolol", 17}, {"Albuterol", 16}, {"Losartan", 15}, {"Omeprazole", 14},
           {"Gabapentin", 11}, {"Hydrochlorothiazide", 10}, {"Sertraline", 10}, {"Simvastatin", 9},
           {"Montelukast", 9}, {"Escitalopram", 8}, {"Rosuvastatin", 8}, {"Bupropion", 8},
           {"Furosemide", 7}, {"Trazodone", 7}, {"Pantoprazole", 7}, {"Fluoxetine", 6},
           {"Amoxicillin", 6}, {"Tamsulosin", 6}, {"Duloxetine", 6}, {"Prednisone", 5},
           {"Ibuprofen", 5}, {"Insulin glargine", 5}, {"Apixaban", 5}, {"Clopidogrel", 4},
           {"Citalopram", 4}, {"Cetirizine", 4}, {"Azithromycin", 3}, {"Warfarin", 2})

PHRASE_GEN(dosage, "medical", "health", "How a medication is taken, such as 20 mg once daily.",
           {"#{5|10|20|25|40|50|100|250|500} mg once daily", 55},
           {"#{5|10|25|50|100|250|500|850} mg twice daily", 25},
           {"#{250|500} mg every #{6|8} hours", 10}, {"#{5|10|25|50} mg at bedtime", 7},
           {"#{1|2} puffs every #{4|6} hours as needed", 3})

PHRASE_GEN(blood_type, "medical", "health", "An ABO and Rh blood type, as common as in the US.",
           {"O+", 374}, {"A+", 357}, {"B+", 85}, {"AB+", 34}, {"O-", 66}, {"A-", 63}, {"B-", 15},
           {"AB-", 6})

PHRASE_GEN(lab_test, "medical", "health", "A laboratory test.", {"Complete blood count", 20},
           {"Basic metabolic panel", 15}, {"Comprehensive metabolic panel", 15},
           {"Lipid panel", 13}, {"Hemoglobin A1c", 11}, {"Thyroid stimulating hormone", 9},
           {"Urinalysis", 9}, {"Vitamin D, 25-hydroxy", 6}, {"Prothrombin time", 4},
           {"C-reactive protein", 4}, {"Ferritin", 3}, {"Vitamin B12", 3}, {"Troponin I", 2},
           {"Blood culture", 2})

PHRASE_GEN(
    insurance_plan, "medical", "insurance", "A health insurance plan, such as Silver PPO 3000.",
    {"#{Bronze|Silver|Gold|Platinum} #{HMO|PPO|EPO|POS} #{500|1000|1500|2000|3000|5000|7000}", 1})

PHRASE_GEN(mrn, "medical", "patient_id", "A patient's medical record number, such as MRN-04417352.",
           {"MRN-#{00000000..99999999}", 1})

/* ---- npi: Luhn over 80840 (the US health industry's issuer number), then nine digits from 1 on */

static char *put_npi(const NumberedForm *form, char *p, uint64_t number, uint64_t more)
{
    (void)form;
    (void)more;
    put_digits(p, 100000000 + number, 9);
    p[9] = check_luhn(p, 9, 24);
    return p + 10;
}

static bool bind_npi(GenBind *b)
{
    static const NumberedForm form = {200000000, 1, NULL};
    return numbered_bind(b, &form, 1, put_npi, 10);
}

const GenDef gen_def_npi = {
    .name = "npi",
    .family = "medical",
    .doc = "A US health care provider's number (NPI): ten digits, the last a valid check digit.",
    .example = "npi()",
    .pii = "provider_id",
    .bind = bind_npi};

/* ---- vital signs of adults: normal curves, cut where nobody lives */

static bool vital_bind(GenBind *b, double mean, double sd, int64_t lo, int64_t hi, int scale)
{
    Stepped *s = arena_new_of(b->mem, Stepped);
    double unit = scale ? 10 : 1;
    *s = (Stepped){
        .curve = {.centre = mean, .spread = sd}, .per_unit = unit, .step = 1, .lo = lo, .hi = hi};
    curve_cut(&s->curve, (double)lo / unit, (double)hi / unit);
    return stepped_bind(b, s, scale ? type_decimal(lo, hi, scale) : type_int(lo, hi));
}

static bool bind_systolic(GenBind *b)
{
    return vital_bind(b, 123, 16, 75, 220, 0);
}
static bool bind_diastolic(GenBind *b)
{
    return vital_bind(b, 74, 10, 40, 130, 0);
}
static bool bind_heart_rate(GenBind *b)
{
    return vital_bind(b, 73, 11, 38, 180, 0);
}
static bool bind_body_temperature(GenBind *b)
{
    return vital_bind(b, 36.7, 0.4, 345, 414, 1);
}

const GenDef gen_def_systolic = {.name = "systolic",
                                 .family = "medical",
                                 .doc = "A systolic blood pressure in mmHg, around 123.",
                                 .example = "systolic()",
                                 .pii = "health",
                                 .bind = bind_systolic};
const GenDef gen_def_diastolic = {.name = "diastolic",
                                  .family = "medical",
                                  .doc = "A diastolic blood pressure in mmHg, around 74.",
                                  .example = "diastolic()",
                                  .pii = "health",
                                  .bind = bind_diastolic};
const GenDef gen_def_heart_rate = {.name = "heart_rate",
                                   .family = "medical",
                                   .doc = "A resting heart rate in beats per minute, around 73.",
                                   .example = "heart_rate()",
                                   .pii = "health",
                                   .bind = bind_heart_rate};
const GenDef gen_def_body_temperature = {.name = "body_temperature",
                                         .family = "medical",
                                         .doc =
                                             "A body temperature in degrees Celsius, around 36.7.",
                                         .example = "body_temperature()",
                                         .pii = "health",
                                         .bind = bind_body_temperature};
