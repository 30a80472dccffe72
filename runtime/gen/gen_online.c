/* Services on the web: subscriptions and permissions, blogs, social networks. */
#include "gen/phrase_int.h"

/* ---- SaaS */

PHRASE_GEN(plan_name, "saas", NULL, "A subscription's plan.", {"free", 55}, {"starter", 18},
           {"pro", 17}, {"business", 7}, {"enterprise", 3})
PHRASE_GEN(subscription_status, "saas", NULL, "A subscription's status.", {"active", 68},
           {"trialing", 10}, {"canceled", 13}, {"past_due", 5}, {"unpaid", 2}, {"paused", 2})
PHRASE_GEN(user_role, "saas", NULL, "A member's role in a workspace.", {"member", 66},
           {"viewer", 14}, {"admin", 11}, {"owner", 6}, {"billing", 3})
PHRASE_GEN(permission, "saas", NULL, "A permission as resource and action, such as invoices:read.",
           {"#{api_keys|audit_log|billing|dashboards|files|invoices|members|projects|reports|"
            "settings|teams|webhooks}:#{read|write|delete|manage}",
            1})
PHRASE_GEN(feature_flag, "saas", NULL, "A feature flag's name, such as enable_new_checkout.",
           {"#{enable|show|use|test|allow}_#{beta|dark|fast|legacy|lite|live|mobile|new|public|"
            "smart}_#{api|billing|cache|charts|checkout|dashboard|editor|export|inbox|login|"
            "mode|onboarding|reports|search|sidebar|sync}#{#_}",
            1})
PHRASE_GEN(event_name, "saas", NULL, "An event of an audit log or a webhook, such as invoice.paid.",
           {"user.#{signed_up|signed_in|signed_out|invited|updated|deleted}", 45},
           {"invoice.#{created|finalized|paid|payment_failed|voided}", 20},
           {"subscription.#{created|updated|renewed|canceled|paused}", 15},
           {"project.#{created|archived|shared|exported}", 12},
           {"api_key.#{created|rotated|revoked}", 5}, {"webhook.#{delivered|failed}", 3})
PHRASE_GEN(api_endpoint, "saas", NULL, "An API's path, such as /v1/projects/{id}/members.",
           {"/v#{1|2}/#{accounts|customers|events|files|invoices|orders|payments|projects|reports|"
            "teams|users|webhooks}",
            5},
           {"/v#{1|2}/#{accounts|customers|events|files|invoices|orders|payments|projects|reports|"
            "teams|users|webhooks}/{id}",
            3},
           {"/v#{1|2}/#{accounts|customers|projects|teams}/{id}/"
            "#{activity|comments|members|permissions|settings|usage}",
            2})
PHRASE_GEN(tenant_slug, "saas", NULL, "A tenant's short name, such as cedar-labs.",
           {"#{acorn|alpine|apex|aspen|atlas|beacon|birch|bluebird|breeze|bright|cedar|clover|"
            "cobalt|compass|copper|coral|ember|evergreen|falcon|fern|granite|harbor|hazel|horizon|"
            "indigo|juniper|keystone|lantern|maple|meadow|mosaic|nimbus|north|orchard|pebble|pine|"
            "prairie|quarry|raven|redwood|river|saffron|sierra|summit|tidal|tundra|vista|willow}-"
            "#{analytics|apps|bank|bio|cloud|consulting|data|design|digital|energy|foods|group|"
            "health|hq|labs|legal|logistics|media|mobility|networks|retail|robotics|security|soft|"
            "solutions|studio|systems|tech|travel|works}#{#-}",
            1})

/* ---- blog */

#define SUBJECT                                                                                    \
    "#{Better Coffee|Clean Code|Container Gardening|Database Design|Deep Work|Fresh Pasta|"        \
    "Home Brewing|Landscape Photography|Learning Guitar|Meal Planning|Morning Routines|"           \
    "Mountain Biking|Moving Abroad|Personal Finance|Public Speaking|Remote Work|Slow Travel|"      \
    "Sourdough Bread|Technical Writing|Trail Running|Unit Testing|Urban Beekeeping|"               \
    "Watercolor Painting|Winter Hiking|Writing Letters}"
PHRASE_GEN(post_title, "blog", NULL, "A blog post's title, such as 7 Lessons from Trail Running.",
           {"#{3..12} #{Lessons from|Myths about|Reasons to Try|Tips for|Mistakes in} " SUBJECT,
            30},
           {"#{A Beginner's Guide to|How I Got into|How to Start with|In Praise of|Notes on|"
            "Rethinking|The Joy of|The Quiet Art of|The Trouble with|What Nobody Tells You about|"
            "Why I Love|Why We Need} " SUBJECT,
            55},
           {SUBJECT ": #{A Checklist|A Field Report|A Year Later|An Honest Review|My Favourite "
                    "Tools|The Basics|Where to Begin}",
            15})
PHRASE_GEN(tag, "blog", NULL, "A post's tag, such as how-to.", {"news", 9}, {"how-to", 9},
           {"tutorial", 8}, {"opinion", 6}, {"review", 7}, {"travel", 6}, {"food", 6},
           {"health", 5}, {"technology", 7}, {"programming", 6}, {"design", 5}, {"music", 4},
           {"books", 5}, {"photography", 4}, {"productivity", 4}, {"finance", 4}, {"science", 4},
           {"sports", 4}, {"fashion", 3}, {"family", 3}, {"garden", 3}, {"diy", 3}, {"history", 2},
           {"politics", 2}, {"interview", 2})
PHRASE_GEN(comment, "blog", NULL, "A reader's comment in a sentence or two.",
           {"#{Great post|Interesting read|Lovely piece|Really useful|Thanks for sharing|Well "
            "written|Nicely explained}#{!|.} #{I learned a lot from this|I have been looking for "
            "this|This helped me more than I expected|I will try this at the weekend|Please write "
            "more about it|I shared it with my team}.",
            55},
           {"#{Could you explain|I do not quite understand|Can you say more about|I wonder about} "
            "the #{first|second|third|last} #{part|point|step|example}?",
            20},
           {"#{I see it differently|I am not convinced|That was not my experience}: #{it took me "
            "much longer|the costs are higher than that|it depends on where you live|the older way "
            "worked better for us}.",
            15},
           {"#{First|Same here|This|So true|Bookmarked|Following}#{!|.}", 10})
PHRASE_GEN(markdown, "blog", NULL, "A short text in Markdown: heading, paragraph, list.",
           {"# " SUBJECT "\n\nSome *#{quick|short|small|first}* notes on #{what works|what I "
            "learned|where to start}.\n\n- **#{Begin|Plan|Start} #{small|early|slowly}**\n- "
            "#{Keep|Take|Write} notes\n- #{Ask for help|Take breaks|Share what you find}\n",
            60},
           {"## #{Summary|Update|Background}\n\n" SUBJECT " is #{easier|harder|more fun} than it "
            "looks. See [the guide](https://example.com/#{1..999}).\n",
            40})

/* ---- social */

PHRASE_GEN(handle, "social", "username", "A name in a social network, such as @quiet_river.",
           {"@#{brave|clever|cosmic|crispy|curious|dizzy|electric|fuzzy|gentle|golden|happy|hidden|"
            "jolly|lazy|lucky|magic|mellow|merry|midnight|mighty|minty|noisy|plucky|quiet|rapid|"
            "retro|salty|shiny|silent|sleepy|snappy|sunny|super|tiny|turbo|velvet|wandering|wild|"
            "witty|zesty}_#{badger|banjo|biscuit|cactus|comet|coyote|dolphin|fox|gecko|heron|"
            "jellyfish|kite|koala|lemon|llama|mango|moose|muffin|noodle|octopus|otter|panda|"
            "pebble|penguin|pickle|pigeon|pixel|puffin|raven|river|robot|rocket|sloth|sparrow|"
            "taco|tiger|toast|turtle|waffle|walrus}#{#}",
            1})
PHRASE_GEN(hashtag, "social", NULL, "A hashtag, such as #nofilter.", {"#love", 9},
           {"#photooftheday", 7}, {"#fashion", 6}, {"#nature", 6}, {"#travel", 6}, {"#food", 5},
           {"#music", 5}, {"#fitness", 5}, {"#art", 5}, {"#nofilter", 4}, {"#throwback", 4},
           {"#sunset", 3}, {"#coffee", 3}, {"#dogs", 3}, {"#cats", 3}, {"#books", 2}, {"#tech", 2},
           {"#running", 2}, {"#weekend", 3}, {"#family", 3}, {"#beach", 2}, {"#mondaymood", 2},
           {"#gaming", 2}, {"#diy", 1}, {"#vegan", 1})
PHRASE_GEN(bio, "social", "profile", "A few words about oneself.",
           {"#{Amateur|Aspiring|Part-time|Professional|Retired|Self-taught} #{baker|birdwatcher|"
            "cyclist|designer|developer|gardener|musician|painter|photographer|runner|traveller|"
            "writer}. #{Coffee first|Dog person|Cat person|Father of two|Mother of three|Opinions "
            "are mine|Tea drinker|Always learning}.",
            60},
           {"#{Books|Bikes|Boats|Films|Maps|Plants|Trains}, #{bread|cheese|coffee|jazz|football|"
            "puzzles|rain} and #{long walks|old cameras|good company|bad puns|strong opinions}.",
            40})
PHRASE_GEN(reaction, "social", NULL, "How somebody reacts to a post.", {"like", 70}, {"love", 15},
           {"laugh", 8}, {"wow", 3}, {"sad", 3}, {"angry", 1})
