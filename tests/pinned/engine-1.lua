-- What engine 1 makes, forever: behind each column stands the digest of its values. A test computes them anew, also where
-- clang built it. A line is never changed. What is new gets a line of its own without a digest, and
-- SEEDPIPE_TEST_ACCEPT=1 build/PRESET/tests/test_pinned adds it. Another algorithm needs another engine: CONTRIBUTING.md.

local r = recipe { name = "pinned", seed = 20260101, clock = "2026-01-01 12:00:00", engine = 1 }

local owners = r:table("owners", { rows = 700 }, function(t)
  t.id         = serial() --= 99a56674cf67396e
  t.first_name = first_name() --= 88c845e5f61be56c
  t.last_name  = last_name() --= fbda4e59d4eae7d6
  t.created_at = timestamp { from = years(-3), to = clock } --= de6d7fd52a9c627e
  t.born       = date { from = years(-80), to = years(-18) } --= afcdf5e3c18b32f2
  t.score      = credit_score() --= 13f4de35116f8da4
  t.worth      = sum(children("owned").price) --= 6dc000ef53e99517
  t.owned      = count(children "owned") --= ff8577d1680bccb4
  t.cheapest   = min("owned.price") --= 34186d5495d8d3d5
  t.dearest    = max("owned.price") --= c6a48d69d448cdff
  t.average    = avg("owned.price") --= 8f739fcfe635dafa
  t.second     = nth("owned.price", 2) --= 156f232370ac0983
end)

r:table("of_blog", { rows = 2500, per = { owners, between(0, 9), through = "owner_id" } }, function(t)
  t.id         = serial() --= a5d13a940134b34e
  t.owner_id   = ref(owners) --= 7d35a42172bfcbc1
  t.first_name = t.owner_id.first_name --= b88c533d2612226f
  t.last_name  = t.owner_id.last_name --= fc4f4f128bbcb49a
  t.created_at = timestamp { from = years(-3), to = clock } --= 4de738d893f86efa
  t.x_comment = comment() --= 502e4022f0e0967b
  t.x_markdown = markdown() --= 6982d704a0755f07
  t.x_post_title = post_title() --= 6a70f9ccb4de768b
  t.x_tag = tag() --= bb6cefee8fb731ff
end)

r:table("of_commerce", { rows = 2500, per = { owners, between(0, 9), through = "owner_id" } }, function(t)
  t.id         = serial() --= a5d13a940134b34e
  t.owner_id   = ref(owners) --= b26c1eaaf83dd1ab
  t.first_name = t.owner_id.first_name --= aaadc0d7ac33d20c
  t.last_name  = t.owner_id.last_name --= 2a5473a1157b934b
  t.created_at = timestamp { from = years(-3), to = clock } --= 4ac93de8af7398b6
  t.x_category = category() --= 549a0f13c03aa21e
  t.x_color = color() --= e87478b9f5a21ebc
  t.x_color_2 = color { format = "hex" } --= 4b9128b31c83d456
  t.x_ean13 = ean13() --= 6145bf9acf17fdc9
  t.x_isbn13 = isbn13() --= 1bc69411c2cfc4d1
  t.x_price = price() --= a85c3633817778fa
  t.x_price_2 = price { min = 5, max = 200 } --= 093cb40b8d28b3dc
  t.x_product_name = product_name() --= 5c7516dcc11efd5a
  t.x_rating = rating() --= a74de2a692609a9a
  t.x_sku = sku() --= 5dde0e6098bcfa28
  t.x_upc = upc() --= 458bb756cfbda537
end)

r:table("of_company", { rows = 2500, per = { owners, between(0, 9), through = "owner_id" } }, function(t)
  t.id         = serial() --= a5d13a940134b34e
  t.owner_id   = ref(owners) --= 20e2ca9cd7926f9c
  t.first_name = t.owner_id.first_name --= d0d62297092a84e6
  t.last_name  = t.owner_id.last_name --= ffc836e0fbdb1711
  t.created_at = timestamp { from = years(-3), to = clock } --= c477a758fb1de1cc
  t.x_company = company() --= 420ae725958019b0
  t.x_department = department() --= f4df195393028a71
end)

r:table("of_contact", { rows = 2500, per = { owners, between(0, 9), through = "owner_id" } }, function(t)
  t.id         = serial() --= a5d13a940134b34e
  t.owner_id   = ref(owners) --= 0ecd5be6a89b6b8e
  t.first_name = t.owner_id.first_name --= a8f6eaaa157d8bc9
  t.last_name  = t.owner_id.last_name --= 06074ca62945daf6
  t.created_at = timestamp { from = years(-3), to = clock } --= 5c11394c72f1199a
  t.x_email = email() --= 31d00e74f3840864
  t.x_email_2 = email(t.first_name, t.last_name):unique() --= 526b284454309477
  t.x_phone = phone() --= a705bd5d9b0ec9ce
  t.x_safe_email = safe_email() --= fdcd4ac3743b7aa7
  t.x_safe_email_2 = safe_email(t.first_name, t.last_name):unique() --= 9c46fc64eb1354be
end)

r:table("of_core", { rows = 2500, per = { owners, between(0, 9), through = "owner_id" } }, function(t)
  t.id         = serial() --= a5d13a940134b34e
  t.owner_id   = ref(owners) --= 17659dc4a76818e8
  t.first_name = t.owner_id.first_name --= cecf5794ec269f83
  t.last_name  = t.owner_id.last_name --= 9f9ebf120e648dd8
  t.created_at = timestamp { from = years(-3), to = clock } --= 2c005a0661a68c7c
  t.x_bytes = bytes() --= a1b76e0579bc5328
  t.x_bytes_2 = bytes { min = 16, max = 32 } --= 3c21b0353993bc0d
  t.x_child_index = child_index() --= 6fa981c1da264c41
  t.x_choice = choice { "small", "medium", "large" } --= 4b7117a20a3e88f1
  t.x_json = json() --= ed5a7ac196ca9510
  t.x_pattern = pattern("LN-########") --= 0bf8f20aef792b79
  t.x_ref = ref(owners) --= 376ea6a476b70a77
  t.x_siblings = siblings() --= 52f3a3491a84f43c
  t.x_uuid = uuid() --= 1353b996ca003b02
  t.x_weighted = weighted { active = 70, paid = 20, defaulted = 10 } --= 5fcefc48aa7b48ce
end)

r:table("of_e_commerce", { rows = 2500, per = { owners, between(0, 9), through = "owner_id" } }, function(t)
  t.id         = serial() --= a5d13a940134b34e
  t.owner_id   = ref(owners) --= 0ed7c2a7c2dff44b
  t.first_name = t.owner_id.first_name --= 3358de7ee54411ce
  t.last_name  = t.owner_id.last_name --= b3df9beebdb4f97d
  t.created_at = timestamp { from = years(-3), to = clock } --= 943c85c86acc6d6e
  t.x_coupon_code = coupon_code() --= fbd6ecba51ed89ef
  t.x_order_status = order_status() --= 8632dc0c552a3972
  t.x_payment_method = payment_method() --= c700ac9277ab14c0
  t.x_return_reason = return_reason() --= 853680ddf0514e35
  t.x_shipping_method = shipping_method() --= bb8d2ddf8295e74f
  t.x_tracking_number = tracking_number() --= 540c10ae05b6273c
end)

r:table("of_finance", { rows = 2500, per = { owners, between(0, 9), through = "owner_id" } }, function(t)
  t.id         = serial() --= a5d13a940134b34e
  t.owner_id   = ref(owners) --= 964d1bdc38b15813
  t.first_name = t.owner_id.first_name --= d808ff5019c4cbf1
  t.last_name  = t.owner_id.last_name --= 7fc8772e2dea1faa
  t.created_at = timestamp { from = years(-3), to = clock } --= b0c001e4116a8901
  t.x_account_number = account_number() --= 90f82d881875c309
  t.x_account_number_2 = account_number { digits = 8 } --= 59f402af42e2309d
  t.x_amount = amount() --= 76d21a9831ed8093
  t.x_amount_2 = amount { min = 5, max = 2000 } --= ac2133029ea734ec
  t.x_annual_income = annual_income() --= 6673b4297a2c4e1f
  t.x_bic = bic() --= 320c5be82a76d9d3
  t.x_bic_2 = bic { country = "FR" } --= 15ee542a74e81071
  t.x_card_network = card_network() --= 85cb9371ec67e311
  t.x_credit_bureau = credit_bureau() --= 2f51e53e30c2d7cc
  t.x_credit_card = credit_card() --= b0660a2cb576255d
  t.x_credit_card_2 = credit_card { network = "visa" } --= 4a1fd4bec18cea8f
  t.x_credit_score = credit_score() --= 94c82c2092cfdc1f
  t.x_crypto_address = crypto_address() --= 26bc12a4d211c3a5
  t.x_currency = currency() --= 16aa23e7efa54fc0
  t.x_currency_code = currency_code() --= 43fe427be423c5d1
  t.x_cvv = cvv() --= 4cedf3fa41785222
  t.x_employment_status = employment_status() --= c4b0fd7f51ee143c
  t.x_iban = iban() --= 54852706eb31d8bf
  t.x_iban_2 = iban { country = "DE" } --= 76faaad4bad2a9de
  t.x_interest_rate = interest_rate() --= 8276e5316b67d2f2
  t.x_loan_amount = loan_amount() --= d943dcc5a9621257
  t.x_loan_amount_2 = loan_amount { min = 1000, max = 50000 } --= bcf159b17ef3eace
  t.x_loan_number = loan_number() --= 1a2ef8f5c302f729
  t.x_loan_status = loan_status() --= 61df81a27277c20c
  t.x_loan_term = loan_term() --= 52459dd30ed8540c
  t.x_merchant = merchant() --= 9dac86ac07726b57
  t.x_payment_status = payment_status() --= 6037f5c13dec7ba4
  t.x_routing_number = routing_number() --= 8aab7ae6b39639e6
  t.x_transaction_type = transaction_type() --= f600b0e4c4278643
end)

r:table("of_internet", { rows = 2500, per = { owners, between(0, 9), through = "owner_id" } }, function(t)
  t.id         = serial() --= a5d13a940134b34e
  t.owner_id   = ref(owners) --= 84c33f0d51153533
  t.first_name = t.owner_id.first_name --= d72bcf7c9cb9931b
  t.last_name  = t.owner_id.last_name --= 7e088c8e7256cfd8
  t.created_at = timestamp { from = years(-3), to = clock } --= 16de0f26170db2aa
  t.x_api_key = api_key() --= 85cab979deabac58
  t.x_domain = domain() --= fe625b1e3b681040
  t.x_file_name = file_name() --= 9208b1f329af5377
  t.x_file_path = file_path() --= c19e0e628ac445c0
  t.x_hostname = hostname() --= 9e415d05b79291b0
  t.x_http_method = http_method() --= e60fffcad33651e7
  t.x_http_status = http_status() --= 26b622762b7aa84d
  t.x_ipv4 = ipv4() --= 8e48e0e689657967
  t.x_ipv4_2 = ipv4 { range = "documentation" } --= 19550ca58ab1afb2
  t.x_ipv6 = ipv6() --= a6d6dc710a1ae760
  t.x_language = language() --= 277e00f1b7b6e33b
  t.x_language_code = language_code() --= ae5f01ca88eb4c17
  t.x_locale_code = locale_code() --= 518bb6d311d2452c
  t.x_mac = mac() --= 1aa24b05d7ba0142
  t.x_mime_type = mime_type() --= 27e9a423dd84cfb2
  t.x_password_hash = password_hash() --= f36b2c0be1cabf04
  t.x_password_hash_2 = password_hash { method = "argon2" } --= 59cd6fca841dbc08
  t.x_port = port() --= 0dc0f38c542eb43a
  t.x_port_2 = port { min = 8000, max = 8999 } --= d60b28953021150b
  t.x_semver = semver() --= 357633c6ccebbcb3
  t.x_token = token() --= b9766a259ae4ff56
  t.x_token_2 = token { length = 40 } --= a26c8c72d2d80973
  t.x_url = url() --= b74ba1bfa4e99f0e
  t.x_user_agent = user_agent() --= 029b22256e7e802a
end)

r:table("of_inventory", { rows = 2500, per = { owners, between(0, 9), through = "owner_id" } }, function(t)
  t.id         = serial() --= a5d13a940134b34e
  t.owner_id   = ref(owners) --= 559dd290bce12a83
  t.first_name = t.owner_id.first_name --= 2afa61f8ce85a209
  t.last_name  = t.owner_id.last_name --= dd262d271470f559
  t.created_at = timestamp { from = years(-3), to = clock } --= 69b9750fa005e57f
  t.x_bin_location = bin_location() --= 09ff8eed9337a178
  t.x_lot_number = lot_number() --= e72557d0b760777c
  t.x_stock_status = stock_status() --= a8273df2ded436af
  t.x_unit_of_measure = unit_of_measure() --= 5926626a713f85e7
  t.x_warehouse_code = warehouse_code() --= b7045010e981924d
end)

r:table("of_medical", { rows = 2500, per = { owners, between(0, 9), through = "owner_id" } }, function(t)
  t.id         = serial() --= a5d13a940134b34e
  t.owner_id   = ref(owners) --= eaf3beca64032b86
  t.first_name = t.owner_id.first_name --= e9b1e4d761247076
  t.last_name  = t.owner_id.last_name --= c1c3d7de256bfd79
  t.created_at = timestamp { from = years(-3), to = clock } --= a08904f6e42fa81f
  t.x_blood_type = blood_type() --= ccbdb7aacc5cd54f
  t.x_body_temperature = body_temperature() --= dc737925f4a217df
  t.x_diagnosis = diagnosis() --= 50fa6d8f7713b64c
  t.x_diastolic = diastolic() --= ab474e3e92d4044c
  t.x_dosage = dosage() --= 1fe87fb6b0953e06
  t.x_heart_rate = heart_rate() --= 11ebb212d1dbd907
  t.x_icd10_code = icd10_code() --= c7ab4182d3d7958b
  t.x_insurance_plan = insurance_plan() --= 3682837d9248837f
  t.x_lab_test = lab_test() --= 03e68af4492b5a63
  t.x_medication = medication() --= ef5d414b3c23800e
  t.x_mrn = mrn() --= 3ac96b2d790d37af
  t.x_npi = npi() --= 7d1b5593430cdf31
  t.x_systolic = systolic() --= cfa8e810f3e4da5e
end)

r:table("of_number", { rows = 2500, per = { owners, between(0, 9), through = "owner_id" } }, function(t)
  t.id         = serial() --= a5d13a940134b34e
  t.owner_id   = ref(owners) --= 1638707350449519
  t.first_name = t.owner_id.first_name --= dcb0f04ad959194e
  t.last_name  = t.owner_id.last_name --= f67602d49c31f37d
  t.created_at = timestamp { from = years(-3), to = clock } --= 58e3485126590024
  t.x_between = between(0, 9) --= 9228a238cd170f77
  t.x_bool = bool() --= 96468bec9443e971
  t.x_bool_2 = bool { share = 0.9 } --= b6b641a127e130c4
  t.x_decimal = decimal() --= 1b21a168bd2ff6d5
  t.x_decimal_2 = decimal { min = 0.5, max = 99.99, scale = 2 } --= d9e20b015648d526
  t.x_float = float() --= 264362390afff3b7
  t.x_float_2 = float { min = -1, max = 1 } --= 0d56e2d6db97434d
  t.x_int = int() --= 5fb286b16702375e
  t.x_int_2 = int { min = 1, max = 500 } --= f045ba7ec95853e6
  t.x_int_range = int_range { min = 18, max = 90 } --= d5c713fdcaef9e0b
  t.x_lognormal = lognormal { median = 58000, sigma = 0.5, scale = 2 } --= 0f2741e5b2fa7108
  t.x_normal = normal() --= 6d6a45cef8253983
  t.x_normal_2 = normal { mean = 170, sd = 9, scale = 1, min = 120 } --= 6530be57f4061066
end)

r:table("of_person", { rows = 2500, per = { owners, between(0, 9), through = "owner_id" } }, function(t)
  t.id         = serial() --= a5d13a940134b34e
  t.owner_id   = ref(owners) --= 3f0b91a94f6d5d3c
  t.first_name = t.owner_id.first_name --= c632442a06ed5636
  t.last_name  = t.owner_id.last_name --= 32c9dd3b7079be6b
  t.created_at = timestamp { from = years(-3), to = clock } --= 0d3f0fcd08ed69f3
  t.x_birthdate = birthdate() --= 1593f6ed967a74b3
  t.x_birthdate_2 = birthdate { min = 21, max = 65 } --= ef946eaf182db6ce
  t.x_first_name = first_name() --= 9873226a25da7d66
  t.x_full_name = full_name() --= 235049119106fef6
  t.x_gender = gender() --= 3db3981b0c7154f0
  t.x_job_title = job_title() --= 323e82cfe7313550
  t.x_last_name = last_name() --= a440f81570cb8ac6
  t.x_name_prefix = name_prefix() --= 9d46f947ba4ed37f
  t.x_name_suffix = name_suffix() --= 055a06f57a071ebb
  t.x_national_id = national_id() --= ed9e1db59d236de3
  t.x_national_id_2 = national_id { country = "ES" } --= 2a143312d1e1d4e6
  t.x_ssn = ssn() --= fb2ea14234fdb429
  t.x_username = username() --= c397816db672ff31
  t.x_username_2 = username(t.first_name, t.last_name):unique() --= 043bdb236c8ace40
end)

r:table("of_place", { rows = 2500, per = { owners, between(0, 9), through = "owner_id" } }, function(t)
  t.id         = serial() --= a5d13a940134b34e
  t.owner_id   = ref(owners) --= 43d31f4bdadc6ee1
  t.first_name = t.owner_id.first_name --= 948b891aabf298f0
  t.last_name  = t.owner_id.last_name --= 7347636a0ff59c8b
  t.created_at = timestamp { from = years(-3), to = clock } --= 6f3e9888c77d9734
  t.x_address = address() --= 45620be2a86c6cb7
  t.x_city = city() --= 7bca5284493b712d
  t.x_country = country() --= 3bcbe8224a652957
  t.x_country_code = country_code() --= 528f2f4305552b10
  t.x_full_address = full_address() --= 7f9051411a2e3bb4
  t.x_latitude = latitude() --= 67be50eff3d80153
  t.x_latitude_2 = latitude { min = 47.3, max = 55 } --= 98779eaedff4fd7c
  t.x_longitude = longitude() --= 5205ec0be86dbc32
  t.x_longitude_2 = longitude { min = 5.9, max = 15 } --= a75b5dfe258d37df
  t.x_postcode = postcode() --= efe85875adcad682
  t.x_state = state() --= 1aff635bcde1c7f2
  t.x_state_2 = state { short = true } --= 92bdfdd846a59eae
  t.x_state_code = state_code() --= 5ca3791daefef8e5
  t.x_street_address = street_address() --= 9cf687cf24da8e7d
  t.x_subdivision = subdivision() --= e1d1810307b46a10
  t.x_subdivision_2 = subdivision { code = true } --= c5ac56c74485099b
  t.x_timezone = timezone() --= 7c6851d44083ca8a
end)

r:table("of_saas", { rows = 2500, per = { owners, between(0, 9), through = "owner_id" } }, function(t)
  t.id         = serial() --= a5d13a940134b34e
  t.owner_id   = ref(owners) --= 3d2489e92d83baeb
  t.first_name = t.owner_id.first_name --= 30e538af9fd5d8e5
  t.last_name  = t.owner_id.last_name --= e62768277e62b7c3
  t.created_at = timestamp { from = years(-3), to = clock } --= e1cf86839e61adf1
  t.x_api_endpoint = api_endpoint() --= a38e170861e4c87d
  t.x_event_name = event_name() --= 833f843cefd9becb
  t.x_feature_flag = feature_flag() --= 871256f50eb65b3e
  t.x_permission = permission() --= 4072ef5e99dfe4c9
  t.x_plan_name = plan_name() --= ed671941f777a510
  t.x_subscription_status = subscription_status() --= 72ccb8de0bcaeab6
  t.x_tenant_slug = tenant_slug() --= 3b9271c47909114b
  t.x_user_role = user_role() --= ed7dd6c25e5b9b17
end)

r:table("of_social", { rows = 2500, per = { owners, between(0, 9), through = "owner_id" } }, function(t)
  t.id         = serial() --= a5d13a940134b34e
  t.owner_id   = ref(owners) --= fe3838b6601571c2
  t.first_name = t.owner_id.first_name --= e800a05c4d62e9e0
  t.last_name  = t.owner_id.last_name --= cde1d40c0a4aec7f
  t.created_at = timestamp { from = years(-3), to = clock } --= 3554ee2c6cc4435f
  t.x_bio = bio() --= 1693d2d458f6f626
  t.x_handle = handle() --= a5e1ad3a579fea2b
  t.x_hashtag = hashtag() --= 9dbadd1d61aa234f
  t.x_reaction = reaction() --= e0d87d9d0f889f70
end)

r:table("of_text", { rows = 2500, per = { owners, between(0, 9), through = "owner_id" } }, function(t)
  t.id         = serial() --= a5d13a940134b34e
  t.owner_id   = ref(owners) --= 4bf19f3a8a7d5306
  t.first_name = t.owner_id.first_name --= 180d076a4f5d369c
  t.last_name  = t.owner_id.last_name --= a54d8b3fb7d3bf74
  t.created_at = timestamp { from = years(-3), to = clock } --= 5538a42c7f7b69d1
  t.x_chars = chars() --= 503148ed680a6a86
  t.x_chars_2 = chars { length = 8, alphabet = "ACGT" } --= 1ec4a746cc3e6bc4
  t.x_hash = hash() --= 0eadd94b2497539a
  t.x_hash_2 = hash { method = "md5" } --= c75211e8424afb40
  t.x_paragraph = paragraph() --= d6b64d8e8844a477
  t.x_paragraph_2 = paragraph { min = 2, max = 4 } --= 877d113e9c5d5860
  t.x_sentence = sentence() --= 5f3899d6ca4e265b
  t.x_sentence_2 = sentence { min = 4, max = 10 } --= 15feed043fd0d24e
  t.x_slug = slug() --= aa6cc5c5957b0216
  t.x_text = text() --= 2db25d4159a8964c
  t.x_text_2 = text { min = 40, max = 160 } --= b447bad99c04aeac
  t.x_title = title() --= f7cffe5d46d5af93
  t.x_word = word() --= e1088e070e4ffd22
  t.x_words = words() --= 6f405f0197864b8f
  t.x_words_2 = words { min = 3, max = 3 } --= 9b64b882a577b899
end)

r:table("of_time", { rows = 2500, per = { owners, between(0, 9), through = "owner_id" } }, function(t)
  t.id         = serial() --= a5d13a940134b34e
  t.owner_id   = ref(owners) --= 61493d8fdc43ce5a
  t.first_name = t.owner_id.first_name --= cc22ebc0c62191fb
  t.last_name  = t.owner_id.last_name --= c238bd1b07277164
  t.created_at = timestamp { from = years(-3), to = clock } --= ad2aaa1e4ba613bf
  t.x_after = after(t.owner_id.created_at, days(1, 900)) --= 2aa67757b628faa7
  t.x_date = date { from = "1960-01-01", to = years(-18) } --= 54ed080e37499f2a
  t.x_date_past = date_past() --= b45c2cdc5d286b3c
  t.x_date_past_2 = date_past { days_ago_max = 90 } --= dde730bc39044e58
  t.x_time = time() --= c261c4221724a711
  t.x_time_2 = time { from = "09:00", to = "17:30" } --= 923d38ff427d3181
  t.x_timestamp = timestamp { from = years(-3), to = clock } --= 293c0169dfc5d765
  t.x_timestamp_past = timestamp_past() --= 0beb4cb5297979e4
  t.x_timestamp_past_2 = timestamp_past { days_ago_max = 90 } --= 20cd9afbe36522f8
end)

r:table("variants", { rows = 2500 }, function(t)
  t.id           = serial() --= a5d13a940134b34e
  t.dice         = int(1, 6) --= aade73b38105b779
  t.wide         = int(-9000000000000000000, 9000000000000000000) --= 9a17590e274665e3
  t.cents        = decimal { min = -10, max = 10, scale = 2 } --= 073225ced2e46082
  t.fine         = decimal { min = 0, max = 1, scale = 9 } --= ec8fb62a4452e3e2
  t.woman        = first_name { gender = "female" } --= 53a7af7b7273b85e
  t.man          = full_name { gender = "male" } --= 6220464032a2ee60
  t.texts        = choice { "a", "", "zwölf", null } --= 48ad4e65215973a3
  t.numbers      = weighted { { 1, 5 }, { 2, 3 }, { null, 2 } } --= 87e9cfeab2aff2c4
  t.sparse       = int(1, 1000):null(0.2) --= f6c8e470fefcb432
  t.skewed       = normal(170, { sd = 9, scale = 1 }) --= d34060ae9bee8c45
  t.cut          = normal { mean = 0, sd = 100, scale = 3, min = -20, max = 500 } --= d153e325c7f697f6
  t.lognormal    = lognormal { median = 7000, sigma = 1.5, scale = 0, min = 100, max = 1000000 } --= 04b92fcb01fda352
  t.e164         = phone { country = "DE", format = "e164" } --= 627f92b022ab7247
  t.national     = phone { country = "GB", format = "national" } --= a525afa0a2c1a583
  t.own          = values(function(i) return string.format("SKU-%04d", i * 7) end, 500) --= 1ff86becf976f94d
  t.address      = address { full = false } --= 983dd249e7eb193b
  t.state        = state { short = true } --= 1570e94cf8ead437
  t.sha          = hash { method = "sha256" } --= 445f9b22fbf23ce7
  t.later        = after(timestamp { from = years(-9), to = clock }, months(1, 18)) --= 5e1d8697d32a0129
  t.soon         = after(date { from = years(-2), to = clock }, days(1, 40)) --= 67e74fa2a628c016
  t.hours        = after(timestamp { from = years(-9), to = clock }, hours(1, 400)) --= 46e75c979c6d5af7
end)

r:table("keys", { rows = 2500 }, function(t)
  t.email   = email(first_name(), last_name()):unique() --= f89bf57f2b2ac845
  t.code    = pattern("??-####"):unique() --= 914ac29c81570733
  t.small   = int(1, 2500):unique() --= 860cb2f48c5d8ab6
  t.number  = int(1, 900000000):unique() --= 24f79cb9a9f19875
  t.name    = full_name():unique() --= 92baa3094e53b8d4
  t.phone   = phone():unique() --= 4c5d08b7ad5364fb
  t.uuid    = uuid():unique() --= d3636be1a55d1d60
  t.a       = choice { "x", "y", "z" } --= 8940c62ad7a9d7ae
  t.b       = int(1, 1000) --= 5d54235988c396f3
  t:unique(t.a, t.b)
end)

r:table("owned", { per = { owners, between(0, 7) } }, function(t)
  t.id       = serial() --= 084ce010c284b19c
  t.owner_id = ref(owners) --= 3ceb4f05f466ea66
  t.line     = child_index() --= 555032b203a10483
  t.price    = decimal { min = 2, max = 80, scale = 2 } --= 8e81d52b8df2a5f4
  t.quantity = int(1, 5) --= 147cf09605fed764
  t.gross    = round(t.quantity * t.price * 1.19, 2) --= 75450f1bc7d2ea91
  t.share    = round(t.price / t.owner_id.worth, 4) --= b29e3fc5c23e07ad
  t.rest     = t.quantity % 3 + t.quantity // 2 --= 7b61ed14ab63eb66
  t.bought   = after(t.owner_id.created_at, days(1, 900)) --= 8b1472611c31f9ab
  t.month    = month_of(t.bought) --= 1aaf90f8a0949ce1
  t.sent     = when(t.quantity:gt(3), null, t.bought + days(3)) --= 123d5cc8d3bfa187
  t.size     = case { { t.price:lt(10), "small" }, { t.price:lt(50) | t.quantity:is(1), "medium" }, otherwise = "large" } --= ef7054cf716e2925
  t.label    = upper(t.size) .. "-" .. text_of(t.line) --= f4e6bb94419b5c06
  t.known    = coalesce(t.sent, t.bought) --= c248a3818af83f16
  t:primary_key(t.id)
end)

r:table("trees", { rows = 2500 }, function(t)
  t.id        = serial() --= a5d13a940134b34e
  t.any_id    = ref(t):null(0.2) --= 688be12c650754e6
  t.deep_id   = ref(t, { depth = 4, fanout = 5 }):null() --= af56c8e89108c837
  t.level     = coalesce(t.deep_id.level + 1, 1) --= 462d08fb899dac19
  t.at        = coalesce(after(t.deep_id.at, days(1, 60)), timestamp { from = years(-5), to = years(-3) }) --= bfc37cecaac8b411
end)

r:table("pairs", { rows = 2500 }, function(t)
  t.owner_id = ref(owners) --= 527752db2f333f4e
  t.tree_id  = ref "trees" --= 15b4de9f41366232
  t.kind     = choice { "reads", "writes" } --= 53f17461d3992ad3
  t:primary_key(t.owner_id, t.tree_id)
end)

r:table("spread", { rows = 2500 }, function(t)
  t.id          = serial() --= a5d13a940134b34e
  t.uniform     = uniform { min = -5, max = 5, scale = 2 } --= 447f6b552301efa2
  t.exponential = exponential { mean = 45, max = 600 } --= 6faf7dfc62b20932
  t.histogram   = histogram { weights = { 2, 9, 14, 6 }, min = 0, max = 80, scale = 0 } --= ee778caec6324d66
  t.pareto      = pareto { alpha = 1.5, min = 10, max = 100000 } --= 7bc4a750a29ad17d
  t.triangular  = triangular { min = 0, mode = 2, max = 10 } --= a709fbbf88be901a
  t.zipf        = zipf { s = 1.1, max = 500 } --= 2b6a9786258b79f9
  t.geometric   = geometric { p = 0.3 } --= 6a373723c78528cc
  t.poisson     = poisson { mean = 3 } --= 89c8d091b60faa92
  t.many        = poisson { mean = 4000 } --= 13199f3a150fcb5a
  t.quantity    = int { min = 1, max = 50, dist = zipf { s = 1.2 } } --= edd547f308bdb9bf
  t.age         = int { min = 18, max = 90, dist = "normal" } --= e94bf18beffb4133
  t.price       = decimal { min = 5, max = 500, dist = lognormal { median = 40 } } --= 01b7dc1048fd9402
  t.signed_up   = date { from = years(-3), dist = exponential { mean = 90 } } --= d7339ed4f6dc17ea
  t.paid_at     = after(t.signed_up, days(0, 60), geometric { p = 0.2 }) --= 6503973fb6615f65
  t.lunch       = time { from = "11:00", to = "15:00", dist = normal { mean = 12.5, sd = 0.5 } } --= 25747edff5eaf2c2
  t.plan        = choice({ "free", "team", "firm" }, zipf()) --= 3952531a5923198a
end)

r:table("records", { rows = 2500 }, function(t)
  local who, home, firm, paid = person { min = 18, max = 70 }, place(), company(), card()
  local other, abroad = person "seller", place { name = "abroad", country = "any" }
  t.id = serial() --= a5d13a940134b34e
  t.who_gender = who.gender --= 9f0fe586b16ad536
  t.who_prefix = who.prefix --= ae10be6e923a1e7d
  t.who_first_name = who.first_name --= d1b78d941a34f3b4
  t.who_last_name = who.last_name --= 88373cc24e08d330
  t.who_full_name = who.full_name --= 19d23ad425e667d0
  t.who_email = who.email --= bad284966bab29bc
  t.who_username = who.username --= 7be23c71da8c9df9
  t.who_birthdate = who.birthdate --= f7f597009e35750e
  t.who_age = who.age --= 33f325e5c4ab5f15
  t.who_phone = who.phone --= 0e8d031ff7b202ee
  t.who_job_title = who.job_title --= c7eec3d329c2bf5e
  t.home_city = home.city --= 8948276cce46276e
  t.home_state = home.state --= 19cecb156ed9dd33
  t.home_state_code = home.state_code --= 6f232748b2352b0a
  t.home_postcode = home.postcode --= 777f248e95f65813
  t.home_country = home.country --= 196ded80c1ecb053
  t.home_country_code = home.country_code --= 7233d3af6483ba16
  t.home_latitude = home.latitude --= 01e7db923741c26a
  t.home_longitude = home.longitude --= cdcf7f545c9a498b
  t.home_timezone = home.timezone --= 1856fc58380a899f
  t.home_street_address = home.street_address --= 99bdb3b18766e4cc
  t.home_full_address = home.full_address --= 128c5ec55cbacdf6
  t.firm_name = firm.name --= c59cdab2e04947a0
  t.firm_domain = firm.domain --= dafed886a279eae8
  t.firm_website = firm.website --= 6393cf184e8cabc8
  t.firm_email = firm.email --= a60d2daf827439fd
  t.firm_phone = firm.phone --= 277a6c25c7c91a55
  t.firm_department = firm.department --= cd105612fef882fb
  t.paid_number = paid.number --= 85266df6d05e3c17
  t.paid_brand = paid.brand --= e431a18544c4887e
  t.paid_cvv = paid.cvv --= ec47c7c3d8f2ff65
  t.paid_expiry = paid.expiry --= 2dc8aedbf702a581
  t.paid_expires_on = paid.expires_on --= 19bdbd45bb45d9fd
  t.paid_last4 = paid.last4 --= a9d9f063ac9c3d52
  t.other_full_name = other.full_name --= 4c4dfde59ad7ec63
  t.other_email = other.email --= 1436cdb1ec1b0f51
  t.abroad_city = abroad.city --= f4029cd076c0627b
  t.abroad_country_code = abroad.country_code --= 660d00bf690f5dc1
  t.abroad_postcode = abroad.postcode --= 72e2c1e69a7c371e
  t.abroad_timezone = abroad.timezone --= dcd5e990bc398945
  t.of_state = state { of = t.home_city } --= 19cecb156ed9dd33
  t.of_zone = timezone { of = t.home_city } --= 1856fc58380a899f
  t.of_domain = domain { company = t.firm_name } --= dafed886a279eae8
end)

r:table("flows", { rows = 2500 }, function(t)
  t.id         = serial() --= a5d13a940134b34e
  t.ordered_at = timestamp { from = days(-60), to = clock } --= a143c39973b453e1
  local flow = state_machine { from = t.ordered_at, start = "open", states = {
    open = { paid = 9, lost = 1, after = hours(1, 90) },
    paid = { shipped = 4, stay = 1, after = days(1, 9) },
  } }
  t.status     = flow --= eebd3baedc541f77
  t.paid_at    = flow.paid_at --= e106aaf2c0ba54f0
  t.since      = flow.since --= 36100b05d8233a31
end)

r:table("made_of", { rows = 2500 }, function(t)
  t.id       = serial() --= a5d13a940134b34e
  t.at       = timestamp_past() --= e8d578afdf6bb7b9
  t.name     = first_name() --= 43fa549f3b5c6028
  t.number   = sequence { start = 1000, step = 10 } --= 773c2894f85f51cf
  t.code     = regex("[A-Z]{3}-[0-9]{2,4}(-X)?"):unique() --= 36a71494fc840b22
  t.mixed    = regex("(ab|cd){0,5}[^a-y]?"):null(0.1) --= 88742642ea153444
  t.key7     = uuid { version = 7, at = t.at } --= cdcbe2499e6e0c40
  t.ulid     = ulid { at = t.at } --= eec14d48e7e628ea
  t.ulids    = ulid():unique() --= 26e59c2aa603a653
  t.nano     = nanoid { size = 10 } --= 1eefbc7cb55955df
  t.nanos    = nanoid { alphabet = "abcdef" }:unique() --= e18ebbb8fd5ff502
  t.level    = enum { "low", "mid", "high" } --= c91e73650ffcd07c
  t.unit     = const("piece") --= 60da7452d8c84303
  t.contact  = one_of { { pattern("+1 ###"), 3 }, { t.name, 1 } } --= 0e7502970aa62606
  t.title    = template("Order {id} of {name}, {x} {{}} {x}", { x = pattern("##") }) --= 6464f6b1bff85f64
  t.doc      = json { id = t.id, tags = array(word(), 1, 3), at = t.at, price = decimal(), none = null } --= 32e299f49e0ee6fa
  t.list     = array(int(1, 9), 0, 4) --= 72f8cbb2d74278b9
  t.city     = dataset("data/cities.csv", "city", { weights = "pop" }) --= fe8319885059e6b7
  t.zip      = dataset("data/cities.csv", "zip", { weights = "pop" }) --= f3aff0059b36e7ee
  t.any_city = dataset("data/cities.csv", "city", { row = "other", dist = "zipf" }) --= 2360251f2bebdd3d
end)

local sensors = r:table("sensors", { rows = 90 }, function(t)
  t.id = serial() --= e3b3dbcfec65013b
  t.at = timestamp { from = "2025-01-01", to = "2025-06-01" } --= 8ec330fb35406717
end)

r:table("over_time", { rows = 2500, per = { sensors, between(0, 90) } }, function(t)
  t.id        = serial() --= a5d13a940134b34e
  t.sensor_id = ref(sensors) --= 50fd6a7ce01f275d
  t.amount    = decimal { min = -50, max = 50, scale = 2 } --= fb09ab5b32d1b2c8
  t.day       = series { from = "2024-01-01", step = days(1) } --= 37be8435ec5c4276
  t.hour      = series { from = t.sensor_id.at, step = hours(1), of = t.sensor_id } --= fd61cf1dc317751e
  t.came      = arrivals { from = "2024-01-01", every = minutes(90) } --= 3b551aed95102c78
  t.read      = arrivals { from = t.sensor_id.at, every = days(-1), of = t.sensor_id } --= ee09706464070161
  t.between   = time_between(t.sensor_id.at, clock) --= 36cc6ab10fa3a027
  t.then_     = time_between(t.day, "2024-06-01", "zipf") --= 89e068fd5665a4c2
  t.worked    = business_hours { from = years(-1), days = "tue-sat" } --= 7ad1c868a76135b2
  t.slot      = business_hours { from = years(-1), open = "08:30", close = "18:15" }:unique() --= c947279e123d9693
  t.minutes   = interval(minutes(5, 90), { unit = "minutes" }) --= ef10d00451375960
  t.clock     = interval(hours(0, 300), { unit = "text", dist = "exponential" }) --= af25bfa4a0eaf6b5
  t.walk      = random_walk { start = 100, step = 0.8, min = 80, max = 130 } --= 18ae1955229fe353
  t.own       = random_walk { drift = 0.25, of = t.sensor_id, scale = 4 } --= 4b0e2a6274e9c5d5
  t.grown     = growth { start = 50, rate = 0.08, at = t.day, from = "2024-01-01", noise = 0.1 } --= 67ed81c858ad75cc
  t.logistic  = growth { start = 5, limit = 900, at = child_index(), scale = 3 } --= 8b31407619ad3ede
  t.weekly    = seasonality { at = t.hour, period = "week", factors = { 1, 1, 1, 1, 1.3, 1.6, 0.7 }, noise = 0.2 } --= 2d1d3319ca5dbf63
  t.wave      = seasonality { at = t.day, base = 30, scale = 2 } --= 20941136d5a74939
  t.left_at   = churn { from = t.sensor_id.at, rate = 0.2 } --= 8a4a21748d3c5c1b
  t.left_on   = churn { from = t.day, rate = 0.01, every = weeks(2), to = "2024-09-01" } --= f231c1819c062166
  t.balance   = running_sum(t.amount) --= 0ad928bb13d6bc48
end)

local reviews = children "reviews"
local goods = r:table("goods", { rows = 300 }, function(t)
  t.id      = serial() --= 45dece942814a178
  t.reviews = count(reviews) --= b2ae77c48d024314
  t.stars   = sum(reviews.stars) --= c5a230df2f886e72
end)

r:table("reviews", { rows = 2500, per = { { owners, between(0, 9) }, { goods, between(2, 40) } } }, function(t)
  t.owner_id = ref(owners) --= 3bd3796fdc2ba9b0
  t.good_id  = ref(goods) --= 901a6b2aa9a06ba8
  t.stars    = int(1, 5) --= 3674745cfd66e27f
  t:primary_key(t.owner_id, t.good_id)
end)

r:table("loans", { rows = 2500, per = { { owners, between(0, 9) }, { goods, between(2, 40) } } }, function(t)
  t.id       = serial() --= a5d13a940134b34e
  t.owner_id = ref(owners) --= 401b1382fc2ff48f
  t.good_id  = ref(goods) --= 129556faacdea2b1
end)

r:table("seats", { rows = 2500 }, function(t)
  t.good_id = ref(goods) --= e23a1829e2ebb483
  t.place   = int(1, 20) --= ab75e92b5f0a5a94
  t.code    = int(1, 24) --= 13c2c006a7e29cf1
  t:primary_key(t.good_id, t.place)
  t:unique(t.good_id, t.code)
end)

r:table("heads", { rows = 40 }, function(t)
  t.id      = serial() --= 05290afa08f76c15
  t.arm_id  = ref "arms" --= 109d88ea21aa5c99
  t.up      = ref(t, { roots = 3, depth = 3 }) --= 9e056abeb1b2d010
end)

r:table("arms", { rows = 90 }, function(t)
  t.id      = serial() --= e3b3dbcfec65013b
  t.head_id = ref "heads" --= 1d37586eae858f31
end)

return r
