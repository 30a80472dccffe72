/* What belongs to the cities of words_places.c (coordinates in hundredths of a degree, time zone),
 * and towns of other countries: region and its code (ISO 3166-2), the shape of a postcode (@ 1 to
 * 9, # a digit, ? a letter), coordinates, inhabitants in thousands; how streets are called there.
 */
#include "gen/places_int.h"

#define S(s)                                                                                       \
    {                                                                                              \
        s, sizeof(s) - 1                                                                           \
    }

const PlaceSpot words_place_spots[] = {
    {4071, -7401, "America/New_York"},             /* New York */
    {3405, -11824, "America/Los_Angeles"},         /* Los Angeles */
    {4188, -8763, "America/Chicago"},              /* Chicago */
    {2976, -9537, "America/Chicago"},              /* Houston */
    {3345, -11207, "America/Phoenix"},             /* Phoenix */
    {3995, -7517, "America/New_York"},             /* Philadelphia */
    {2942, -9849, "America/Chicago"},              /* San Antonio */
    {3272, -11716, "America/Los_Angeles"},         /* San Diego */
    {3278, -9680, "America/Chicago"},              /* Dallas */
    {3033, -8166, "America/New_York"},             /* Jacksonville */
    {3027, -9774, "America/Chicago"},              /* Austin */
    {3276, -9733, "America/Chicago"},              /* Fort Worth */
    {3734, -12189, "America/Los_Angeles"},         /* San Jose */
    {3996, -8300, "America/New_York"},             /* Columbus */
    {3523, -8084, "America/New_York"},             /* Charlotte */
    {3977, -8616, "America/Indiana/Indianapolis"}, /* Indianapolis */
    {3777, -12242, "America/Los_Angeles"},         /* San Francisco */
    {4761, -12233, "America/Los_Angeles"},         /* Seattle */
    {3974, -10499, "America/Denver"},              /* Denver */
    {3547, -9752, "America/Chicago"},              /* Oklahoma City */
    {3616, -8678, "America/Chicago"},              /* Nashville */
    {3891, -7704, "America/New_York"},             /* Washington */
    {3176, -10649, "America/Denver"},              /* El Paso */
    {3617, -11514, "America/Los_Angeles"},         /* Las Vegas */
    {4236, -7106, "America/New_York"},             /* Boston */
    {4233, -8305, "America/Detroit"},              /* Detroit */
    {4552, -12268, "America/Los_Angeles"},         /* Portland */
    {3825, -8576, "America/Kentucky/Louisville"},  /* Louisville */
    {3515, -9005, "America/Chicago"},              /* Memphis */
    {3929, -7661, "America/New_York"},             /* Baltimore */
    {4304, -8791, "America/Chicago"},              /* Milwaukee */
    {3508, -10665, "America/Denver"},              /* Albuquerque */
    {3222, -11097, "America/Phoenix"},             /* Tucson */
    {3674, -11979, "America/Los_Angeles"},         /* Fresno */
    {3858, -12149, "America/Los_Angeles"},         /* Sacramento */
    {3342, -11183, "America/Phoenix"},             /* Mesa */
    {3910, -9458, "America/Chicago"},              /* Kansas City */
    {3375, -8439, "America/New_York"},             /* Atlanta */
    {3883, -10482, "America/Denver"},              /* Colorado Springs */
    {4126, -9593, "America/Chicago"},              /* Omaha */
    {3578, -7864, "America/New_York"},             /* Raleigh */
    {3685, -7598, "America/New_York"},             /* Virginia Beach */
    {3377, -11819, "America/Los_Angeles"},         /* Long Beach */
    {2576, -8019, "America/New_York"},             /* Miami */
    {3780, -12227, "America/Los_Angeles"},         /* Oakland */
    {4498, -9327, "America/Chicago"},              /* Minneapolis */
    {3615, -9599, "America/Chicago"},              /* Tulsa */
    {3537, -11902, "America/Los_Angeles"},         /* Bakersfield */
    {2795, -8246, "America/New_York"},             /* Tampa */
    {3769, -9734, "America/Chicago"},              /* Wichita */
    {3274, -9711, "America/Chicago"},              /* Arlington */
    {3973, -10483, "America/Denver"},              /* Aurora */
    {2995, -9007, "America/Chicago"},              /* New Orleans */
    {4150, -8169, "America/New_York"},             /* Cleveland */
    {2131, -15786, "Pacific/Honolulu"},            /* Honolulu */
    {3384, -11791, "America/Los_Angeles"},         /* Anaheim */
    {3604, -11498, "America/Los_Angeles"},         /* Henderson */
    {2854, -8138, "America/New_York"},             /* Orlando */
    {3804, -8450, "America/New_York"},             /* Lexington */
    {3796, -12129, "America/Los_Angeles"},         /* Stockton */
    {3395, -11740, "America/Los_Angeles"},         /* Riverside */
    {2780, -9740, "America/Chicago"},              /* Corpus Christi */
    {3368, -11783, "America/Los_Angeles"},         /* Irvine */
    {3910, -8451, "America/New_York"},             /* Cincinnati */
    {3375, -11787, "America/Los_Angeles"},         /* Santa Ana */
    {4074, -7417, "America/New_York"},             /* Newark */
    {4495, -9309, "America/Chicago"},              /* Saint Paul */
    {4044, -8000, "America/New_York"},             /* Pittsburgh */
    {3607, -7979, "America/New_York"},             /* Greensboro */
    {3599, -7890, "America/New_York"},             /* Durham */
    {4081, -9668, "America/Chicago"},              /* Lincoln */
    {4073, -7408, "America/New_York"},             /* Jersey City */
    {3302, -9670, "America/Chicago"},              /* Plano */
    {6122, -14990, "America/Anchorage"},           /* Anchorage */
    {3620, -11512, "America/Los_Angeles"},         /* North Las Vegas */
    {3863, -9020, "America/Chicago"},              /* St. Louis */
    {4307, -8940, "America/Chicago"},              /* Madison */
    {3331, -11184, "America/Phoenix"},             /* Chandler */
    {3335, -11179, "America/Phoenix"},             /* Gilbert */
    {3953, -11981, "America/Los_Angeles"},         /* Reno */
    {4289, -7888, "America/New_York"},             /* Buffalo */
    {3264, -11708, "America/Los_Angeles"},         /* Chula Vista */
    {4108, -8514, "America/Indiana/Indianapolis"}, /* Fort Wayne */
    {3358, -10186, "America/Chicago"},             /* Lubbock */
    {4165, -8354, "America/New_York"},             /* Toledo */
    {2777, -8264, "America/New_York"},             /* St. Petersburg */
    {2753, -9948, "America/Chicago"},              /* Laredo */
    {3281, -9695, "America/Chicago"},              /* Irving */
    {3677, -7629, "America/New_York"},             /* Chesapeake */
    {3354, -11219, "America/Phoenix"},             /* Glendale */
    {3610, -8024, "America/New_York"},             /* Winston-Salem */
    {3349, -11192, "America/Phoenix"},             /* Scottsdale */
    {3291, -9664, "America/Chicago"},              /* Garland */
    {4362, -11620, "America/Boise"},               /* Boise */
    {3685, -7629, "America/New_York"},             /* Norfolk */
    {2729, -8035, "America/New_York"},             /* Port St. Lucie */
    {4766, -11743, "America/Los_Angeles"},         /* Spokane */
    {3754, -7744, "America/New_York"},             /* Richmond */
    {3755, -12199, "America/Los_Angeles"},         /* Fremont */
    {3473, -8659, "America/Chicago"},              /* Huntsville */
    {4725, -12244, "America/Los_Angeles"},         /* Tacoma */
    {3045, -9119, "America/Chicago"},              /* Baton Rouge */
    {3439, -11854, "America/Los_Angeles"},         /* Santa Clarita */
    {3411, -11729, "America/Los_Angeles"},         /* San Bernardino */
    {2586, -8028, "America/New_York"},             /* Hialeah */
    {3315, -9682, "America/Chicago"},              /* Frisco */
    {3764, -12100, "America/Los_Angeles"},         /* Modesto */
    {2656, -8195, "America/New_York"},             /* Cape Coral */
    {3409, -11744, "America/Los_Angeles"},         /* Fontana */
    {3394, -11723, "America/Los_Angeles"},         /* Moreno Valley */
    {4159, -9362, "America/Chicago"},              /* Des Moines */
    {4316, -7761, "America/New_York"},             /* Rochester */
    {3505, -7888, "America/New_York"},             /* Fayetteville */
    {4093, -7390, "America/New_York"},             /* Yonkers */
    {3320, -9664, "America/Chicago"},              /* McKinney */
    {4226, -7180, "America/New_York"},             /* Worcester */
    {4076, -11189, "America/Denver"},              /* Salt Lake City */
    {3475, -9229, "America/Chicago"},              /* Little Rock */
    {3400, -8103, "America/New_York"},             /* Columbia */
    {4354, -9673, "America/Chicago"},              /* Sioux Falls */
    {3044, -8428, "America/New_York"},             /* Tallahassee */
    {4296, -8567, "America/Detroit"},              /* Grand Rapids */
    {3596, -8392, "America/New_York"},             /* Knoxville */
    {3352, -8680, "America/Chicago"},              /* Birmingham */
    {3237, -8630, "America/Chicago"},              /* Montgomery */
    {3898, -9467, "America/Chicago"},              /* Overland Park */
    {3522, -10183, "America/Chicago"},             /* Amarillo */
    {3358, -11224, "America/Phoenix"},             /* Peoria */
    {3343, -11194, "America/Phoenix"},             /* Tempe */
    {4182, -7141, "America/New_York"},             /* Providence */
    {3505, -8531, "America/New_York"},             /* Chattanooga */
    {2612, -8014, "America/New_York"},             /* Fort Lauderdale */
    {3069, -8804, "America/Chicago"},              /* Mobile */
    {4108, -8152, "America/New_York"},             /* Akron */
    {3253, -9375, "America/Chicago"},              /* Shreveport */
    {2590, -9750, "America/Chicago"},              /* Brownsville */
    {3406, -11765, "America/Los_Angeles"},         /* Ontario */
    {4564, -12266, "America/Los_Angeles"},         /* Vancouver */
    {3709, -7647, "America/New_York"},             /* Newport News */
    {3844, -12271, "America/Los_Angeles"},         /* Santa Rosa */
    {4405, -12309, "America/Los_Angeles"},         /* Eugene */
    {4494, -12304, "America/Los_Angeles"},         /* Salem */
    {3721, -9329, "America/Chicago"},              /* Springfield */
    {4059, -10508, "America/Denver"},              /* Fort Collins */
    {3230, -9018, "America/Chicago"},              /* Jackson */
    {3278, -7993, "America/New_York"},             /* Charleston */
    {3208, -8109, "America/New_York"},             /* Savannah */
    {4119, -7320, "America/New_York"},             /* Bridgeport */
    {4177, -7267, "America/New_York"},             /* Hartford */
    {4131, -7293, "America/New_York"},             /* New Haven */
    {4105, -7354, "America/New_York"},             /* Stamford */
    {4305, -7615, "America/New_York"},             /* Syracuse */
    {3976, -8419, "America/New_York"},             /* Dayton */
    {4198, -9167, "America/Chicago"},              /* Cedar Rapids */
    {3905, -9568, "America/Chicago"},              /* Topeka */
    {4688, -9679, "America/Chicago"},              /* Fargo */
    {4299, -7145, "America/New_York"},             /* Manchester */
    {4321, -7154, "America/New_York"},             /* Concord */
    {4448, -7321, "America/New_York"},             /* Burlington */
    {4578, -10850, "America/Denver"},              /* Billings */
    {4687, -11399, "America/Denver"},              /* Missoula */
    {4114, -10482, "America/Denver"},              /* Cheyenne */
    {4285, -10630, "America/Denver"},              /* Casper */
    {4480, -6877, "America/New_York"},             /* Bangor */
    {4431, -6978, "America/New_York"},             /* Augusta */
    {3975, -7555, "America/New_York"},             /* Wilmington */
    {3916, -7552, "America/New_York"},             /* Dover */
    {4408, -10323, "America/Denver"},              /* Rapid City */
    {4681, -10078, "America/Chicago"},             /* Bismarck */
    {4349, -11203, "America/Boise"},               /* Idaho Falls */
    {4023, -11166, "America/Denver"},              /* Provo */
    {4122, -11197, "America/Denver"},              /* Ogden */
    {3037, -8909, "America/Chicago"},              /* Gulfport */
    {3022, -9202, "America/Chicago"},              /* Lafayette */
    {3539, -9440, "America/Chicago"},              /* Fort Smith */
    {3842, -8245, "America/New_York"},             /* Huntington */
    {3963, -7996, "America/New_York"},             /* Morgantown */
    {3569, -10594, "America/Denver"},              /* Santa Fe */
    {3231, -10678, "America/Denver"},              /* Las Cruces */
    {6484, -14772, "America/Anchorage"},           /* Fairbanks */
    {1972, -15508, "Pacific/Honolulu"},            /* Hilo */
    {4451, -8801, "America/Chicago"},              /* Green Bay */
    {4679, -9210, "America/Chicago"},              /* Duluth */
    {4228, -8374, "America/Detroit"},              /* Ann Arbor */
    {4273, -8456, "America/Detroit"},              /* Lansing */
    {4301, -8369, "America/Detroit"},              /* Flint */
    {4213, -8009, "America/New_York"},             /* Erie */
    {4060, -7547, "America/New_York"},             /* Allentown */
    {4141, -7566, "America/New_York"},             /* Scranton */
    {4265, -7375, "America/New_York"},             /* Albany */
    {4022, -7474, "America/New_York"},             /* Trenton */
    {4092, -7417, "America/New_York"},             /* Paterson */
    {3898, -7649, "America/New_York"},             /* Annapolis */
    {3941, -7741, "America/New_York"},             /* Frederick */
    {3560, -8255, "America/New_York"},             /* Asheville */
    {3797, -8756, "America/Chicago"},              /* Evansville */
    {4168, -8625, "America/Indiana/Indianapolis"}, /* South Bend */
    {4227, -8909, "America/Chicago"},              /* Rockford */
    {4179, -8815, "America/Chicago"},              /* Naperville */
    {4012, -8824, "America/Chicago"},              /* Champaign */
    {2804, -8195, "America/New_York"},             /* Lakeland */
    {2965, -8232, "America/New_York"},             /* Gainesville */
    {3042, -8722, "America/Chicago"},              /* Pensacola */
    {3155, -9715, "America/Chicago"},              /* Waco */
    {3245, -9973, "America/Chicago"},              /* Abilene */
    {3200, -10208, "America/Chicago"},             /* Midland */
    {4761, -12220, "America/Los_Angeles"},         /* Bellevue */
    {4704, -12290, "America/Los_Angeles"},         /* Olympia */
    {4001, -10527, "America/Denver"},              /* Boulder */
    {3825, -10461, "America/Denver"},              /* Pueblo */
    {4406, -12131, "America/Los_Angeles"},         /* Bend */
    {4233, -12288, "America/Los_Angeles"},         /* Medford */
};

const Town words_towns[] = {
    {S("London"), S("England"), S("ENG"), S("GB"), S("SE@ @??"), S("Europe/London"), 5151, -13,
     8900},
    {S("Leeds"), S("England"), S("ENG"), S("GB"), S("LS@ @??"), S("Europe/London"), 5380, -155,
     810},
    {S("Liverpool"), S("England"), S("ENG"), S("GB"), S("L@ @??"), S("Europe/London"), 5341, -299,
     500},
    {S("Bristol"), S("England"), S("ENG"), S("GB"), S("BS@ @??"), S("Europe/London"), 5145, -259,
     470},
    {S("Glasgow"), S("Scotland"), S("SCT"), S("GB"), S("G@ @??"), S("Europe/London"), 5586, -425,
     635},
    {S("Edinburgh"), S("Scotland"), S("SCT"), S("GB"), S("EH@ @??"), S("Europe/London"), 5595, -319,
     530},
    {S("Cardiff"), S("Wales"), S("WLS"), S("GB"), S("CF14 @??"), S("Europe/London"), 5148, -318,
     370},
    {S("Berlin"), S("Berlin"), S("BE"), S("DE"), S("10@##"), S("Europe/Berlin"), 5252, 1340, 3700},
    {S("Hamburg"), S("Hamburg"), S("HH"), S("DE"), S("22@##"), S("Europe/Berlin"), 5355, 999, 1850},
    {S("München"), S("Bayern"), S("BY"), S("DE"), S("81@##"), S("Europe/Berlin"), 4814, 1158, 1490},
    {S("Köln"), S("Nordrhein-Westfalen"), S("NW"), S("DE"), S("50@##"), S("Europe/Berlin"), 5094,
     696, 1080},
    {S("Frankfurt am Main"), S("Hessen"), S("HE"), S("DE"), S("60@##"), S("Europe/Berlin"), 5011,
     868, 760},
    {S("Stuttgart"), S("Baden-Württemberg"), S("BW"), S("DE"), S("70@##"), S("Europe/Berlin"), 4878,
     918, 630},
    {S("Leipzig"), S("Sachsen"), S("SN"), S("DE"), S("04@##"), S("Europe/Berlin"), 5134, 1237, 600},
    {S("Paris"), S("Île-de-France"), S("IDF"), S("FR"), S("7500@"), S("Europe/Paris"), 4886, 235,
     2140},
    {S("Marseille"), S("Provence-Alpes-Côte d'Azur"), S("PAC"), S("FR"), S("1300@"),
     S("Europe/Paris"), 4330, 537, 870},
    {S("Lyon"), S("Auvergne-Rhône-Alpes"), S("ARA"), S("FR"), S("6900@"), S("Europe/Paris"), 4576,
     484, 520},
    {S("Toulouse"), S("Occitanie"), S("OCC"), S("FR"), S("31000"), S("Europe/Paris"), 4360, 144,
     500},
    {S("Bordeaux"), S("Nouvelle-Aquitaine"), S("NAQ"), S("FR"), S("33000"), S("Europe/Paris"), 4484,
     -58, 260},
    {S("Lille"), S("Hauts-de-France"), S("HDF"), S("FR"), S("59000"), S("Europe/Paris"), 5063, 306,
     235},
    {S("Madrid"), S("Comunidad de Madrid"), S("MD"), S("ES"), S("2800@"), S("Europe/Madrid"), 4042,
     -370, 3300},
    {S("Barcelona"), S("Cataluña"), S("CT"), S("ES"), S("0800@"), S("Europe/Madrid"), 4139, 217,
     1620},
    {S("Valencia"), S("Comunidad Valenciana"), S("VC"), S("ES"), S("4600@"), S("Europe/Madrid"),
     3947, -38, 790},
    {S("Sevilla"), S("Andalucía"), S("AN"), S("ES"), S("4100@"), S("Europe/Madrid"), 3739, -599,
     690},
    {S("Roma"), S("Lazio"), S("RM"), S("IT"), S("0015@"), S("Europe/Rome"), 4190, 1250, 2760},
    {S("Milano"), S("Lombardia"), S("MI"), S("IT"), S("2012@"), S("Europe/Rome"), 4546, 919, 1370},
    {S("Napoli"), S("Campania"), S("NA"), S("IT"), S("8012@"), S("Europe/Rome"), 4085, 1427, 910},
    {S("Torino"), S("Piemonte"), S("TO"), S("IT"), S("1012@"), S("Europe/Rome"), 4507, 769, 840},
    {S("Amsterdam"), S("Noord-Holland"), S("NH"), S("NL"), S("10@# ??"), S("Europe/Amsterdam"),
     5237, 490, 920},
    {S("Rotterdam"), S("Zuid-Holland"), S("ZH"), S("NL"), S("30@# ??"), S("Europe/Amsterdam"), 5192,
     448, 660},
    {S("Utrecht"), S("Utrecht"), S("UT"), S("NL"), S("35@# ??"), S("Europe/Amsterdam"), 5209, 512,
     370},
    {S("Wien"), S("Wien"), S("9"), S("AT"), S("10@0"), S("Europe/Vienna"), 4821, 1637, 1980},
    {S("Graz"), S("Steiermark"), S("6"), S("AT"), S("8010"), S("Europe/Vienna"), 4707, 1544, 300},
    {S("Zürich"), S("Zürich"), S("ZH"), S("CH"), S("800@"), S("Europe/Zurich"), 4738, 854, 430},
    {S("Genève"), S("Genève"), S("GE"), S("CH"), S("120@"), S("Europe/Zurich"), 4620, 615, 205},
    {S("Stockholm"), S("Stockholms län"), S("AB"), S("SE"), S("11@ ##"), S("Europe/Stockholm"),
     5933, 1807, 980},
    {S("Göteborg"), S("Västra Götalands län"), S("O"), S("SE"), S("41@ ##"), S("Europe/Stockholm"),
     5771, 1197, 600},
    {S("Warszawa"), S("Mazowieckie"), S("14"), S("PL"), S("00-@##"), S("Europe/Warsaw"), 5223, 2101,
     1860},
    {S("Kraków"), S("Małopolskie"), S("12"), S("PL"), S("30-@##"), S("Europe/Warsaw"), 5006, 1994,
     800},
    {S("Toronto"), S("Ontario"), S("ON"), S("CA"), S("M4? @?@"), S("America/Toronto"), 4365, -7938,
     2790},
    {S("Montréal"), S("Québec"), S("QC"), S("CA"), S("H2? @?@"), S("America/Toronto"), 4550, -7357,
     1760},
    {S("Calgary"), S("Alberta"), S("AB"), S("CA"), S("T2? @?@"), S("America/Edmonton"), 5105,
     -11407, 1310},
    {S("Ottawa"), S("Ontario"), S("ON"), S("CA"), S("K1? @?@"), S("America/Toronto"), 4542, -7570,
     1020},
    {S("Sydney"), S("New South Wales"), S("NSW"), S("AU"), S("200#"), S("Australia/Sydney"), -3387,
     15121, 5300},
    {S("Melbourne"), S("Victoria"), S("VIC"), S("AU"), S("300#"), S("Australia/Melbourne"), -3781,
     14496, 5100},
    {S("Brisbane"), S("Queensland"), S("QLD"), S("AU"), S("400#"), S("Australia/Brisbane"), -2747,
     15303, 2600},
    {S("Perth"), S("Western Australia"), S("WA"), S("AU"), S("600#"), S("Australia/Perth"), -3195,
     11586, 2100},
    {S("Tokyo"), S("Tokyo"), S("13"), S("JP"), S("100-00##"), S("Asia/Tokyo"), 3568, 13969, 13900},
    {S("Osaka"), S("Osaka"), S("27"), S("JP"), S("530-00##"), S("Asia/Tokyo"), 3469, 13550, 2750},
    {S("Kyoto"), S("Kyoto"), S("26"), S("JP"), S("600-80##"), S("Asia/Tokyo"), 3501, 13577, 1460},
    {S("Sapporo"), S("Hokkaido"), S("01"), S("JP"), S("060-00##"), S("Asia/Tokyo"), 4306, 14135,
     1970},
    {S("São Paulo"), S("São Paulo"), S("SP"), S("BR"), S("01@##-0##"), S("America/Sao_Paulo"),
     -2355, -4663, 11400},
    {S("Rio de Janeiro"), S("Rio de Janeiro"), S("RJ"), S("BR"), S("20@##-0##"),
     S("America/Sao_Paulo"), -2291, -4317, 6200},
    {S("Curitiba"), S("Paraná"), S("PR"), S("BR"), S("80@##-0##"), S("America/Sao_Paulo"), -2543,
     -4927, 1770},
    {S("Mumbai"), S("Maharashtra"), S("MH"), S("IN"), S("4000@#"), S("Asia/Kolkata"), 1908, 7288,
     12500},
    {S("New Delhi"), S("Delhi"), S("DL"), S("IN"), S("1100@#"), S("Asia/Kolkata"), 2861, 7721,
     11000},
    {S("Bengaluru"), S("Karnataka"), S("KA"), S("IN"), S("5600@#"), S("Asia/Kolkata"), 1297, 7759,
     8400},
    {S("Chennai"), S("Tamil Nadu"), S("TN"), S("IN"), S("6000@#"), S("Asia/Kolkata"), 1308, 8027,
     4650},
    {S("Ciudad de México"), S("Ciudad de México"), S("CMX"), S("MX"), S("06@##"),
     S("America/Mexico_City"), 1943, -9913, 9200},
    {S("Guadalajara"), S("Jalisco"), S("JAL"), S("MX"), S("44@##"), S("America/Mexico_City"), 2066,
     -10335, 1380},
    {S("Monterrey"), S("Nuevo León"), S("NLE"), S("MX"), S("64@##"), S("America/Monterrey"), 2569,
     -10032, 1140},
};
const uint32_t words_towns_count = sizeof words_towns / sizeof *words_towns;

const TownStreets words_town_streets[] = {
    {S("GB"),
     true,
     S(" "),
     {S("High Street"), S("Station Road"), S("Church Lane"), S("Victoria Road"), S("Park Road"),
      S("Mill Lane"), S("Queens Road"), S("The Green")}},
    {S("DE"),
     false,
     S(" "),
     {S("Hauptstraße"), S("Schulstraße"), S("Gartenstraße"), S("Bahnhofstraße"), S("Dorfstraße"),
      S("Bergstraße"), S("Birkenweg"), S("Lindenstraße")}},
    {S("FR"),
     true,
     S(" "),
     {S("rue de la République"), S("rue Victor Hugo"), S("avenue Jean Jaurès"), S("rue Pasteur"),
      S("rue de l'Église"), S("boulevard Gambetta"), S("rue du Moulin"), S("place de la Mairie")}},
    {S("ES"),
     false,
     S(", "),
     {S("Calle Mayor"), S("Calle Real"), S("Avenida de la Constitución"), S("Calle San José"),
      S("Calle Nueva"), S("Paseo del Prado"), S("Calle del Sol"), S("Calle Cervantes")}},
    {S("IT"),
     false,
     S(", "),
     {S("Via Roma"), S("Via Garibaldi"), S("Via Mazzini"), S("Corso Italia"), S("Via Dante"),
      S("Via Verdi"), S("Via Cavour"), S("Piazza della Repubblica")}},
    {S("NL"),
     false,
     S(" "),
     {S("Dorpsstraat"), S("Kerkstraat"), S("Schoolstraat"), S("Molenweg"), S("Stationsweg"),
      S("Hoofdstraat"), S("Nieuwstraat"), S("Julianastraat")}},
    {S("AT"),
     false,
     S(" "),
     {S("Hauptstraße"), S("Bahnhofstraße"), S("Kirchengasse"), S("Schulgasse"), S("Wiener Straße"),
      S("Ringstraße"), S("Feldgasse"), S("Lindengasse")}},
    {S("CH"),
     false,
     S(" "),
     {S("Hauptstrasse"), S("Bahnhofstrasse"), S("Dorfstrasse"), S("Kirchweg"), S("Rue du Lac"),
      S("Seestrasse"), S("Bergstrasse"), S("Rue de la Gare")}},
    {S("SE"),
     false,
     S(" "),
     {S("Storgatan"), S("Kungsgatan"), S("Drottninggatan"), S("Skolgatan"), S("Kyrkogatan"),
      S("Ringvägen"), S("Sveavägen"), S("Parkgatan")}},
    {S("PL"),
     false,
     S(" "),
     {S("ul. Polna"), S("ul. Leśna"), S("ul. Słoneczna"), S("ul. Krótka"), S("ul. Szkolna"),
      S("ul. Ogrodowa"), S("ul. Lipowa"), S("ul. Kwiatowa")}},
    {S("CA"),
     true,
     S(" "),
     {S("Main Street"), S("King Street"), S("Queen Street"), S("Maple Avenue"),
      S("Victoria Street"), S("Wellington Street"), S("Park Avenue"), S("Elgin Street")}},
    {S("AU"),
     true,
     S(" "),
     {S("George Street"), S("Victoria Street"), S("High Street"), S("Church Street"),
      S("King Street"), S("Station Street"), S("Beach Road"), S("Albert Street")}},
    {S("JP"),
     false,
     S(" "),
     {S("Honcho"), S("Chuo"), S("Sakaecho"), S("Midoricho"), S("Asahicho"), S("Saiwaicho"),
      S("Izumicho"), S("Higashi")}},
    {S("BR"),
     false,
     S(", "),
     {S("Rua São José"), S("Rua Sete de Setembro"), S("Avenida Brasil"),
      S("Rua Quinze de Novembro"), S("Rua das Flores"), S("Avenida Paulista"),
      S("Rua Santo Antônio"), S("Rua Tiradentes")}},
    {S("IN"),
     true,
     S(", "),
     {S("MG Road"), S("Station Road"), S("Nehru Road"), S("Gandhi Nagar"), S("Park Street"),
      S("Church Road"), S("Lake View Road"), S("Temple Street")}},
    {S("MX"),
     false,
     S(" "),
     {S("Calle Hidalgo"), S("Avenida Juárez"), S("Calle Morelos"), S("Avenida Reforma"),
      S("Calle Independencia"), S("Calle Madero"), S("Avenida Insurgentes"), S("Calle Zaragoza")}},
};
const uint32_t words_town_streets_count = sizeof words_town_streets / sizeof *words_town_streets;
