"""The words people use for what the table's columns say.

Each value of a column has the phrases that mean it and nothing else (its own name is always one of them). Terms that
cover several product types ("sneakers", "jewellery") are listed apart with the types they cover, so that training
counts every picture they fit as right.
"""

from collections.abc import Mapping
from types import MappingProxyType

TYPES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "Accessory Gift Set": ("accessories gift set", "gift set of accessories", "tie and cufflinks gift box"),
        "Baby Dolls": ("babydoll", "babydoll nightwear", "babydoll lingerie"),
        "Backpacks": ("backpack", "back pack", "school bag", "schoolbag", "college backpack", "knapsack"),
        "Bangle": ("bangles", "kada", "wrist bangle"),
        "Basketballs": ("basketball", "basket ball"),
        "Bath Robe": ("bathrobe", "bath robes", "dressing gown", "towelling robe"),
        "Beauty Accessory": ("beauty accessories", "makeup tool", "beauty tool"),
        "Belts": ("belt", "leather belt", "waist belt", "buckle belt"),
        "Blazers": ("blazer", "suit jacket", "sport coat"),
        "Body Lotion": ("body lotions", "body cream", "body moisturiser"),
        "Body Wash and Scrub": ("body wash", "shower gel", "body scrub"),
        "Booties": ("bootie", "baby booties", "baby shoes"),
        "Boxers": ("boxer", "boxer shorts", "boxershorts"),
        "Bra": ("bras", "brassiere", "push up bra", "lingerie bra", "underwire bra"),
        "Bracelet": ("bracelets", "wrist chain", "charm bracelet"),
        "Briefs": ("brief", "underpants", "panties", "knickers", "undies", "bikini briefs", "hipster briefs"),
        "Camisoles": ("camisole", "cami", "cami top", "spaghetti slip"),
        "Capris": ("capri", "capri pants", "three quarter pants", "cropped pants"),
        "Caps": ("cap", "baseball cap", "sports cap", "peaked cap"),
        "Casual Shoes": (
            "casual shoe", "canvas shoes", "plimsolls", "everyday shoes", "loafers", "moccasins", "boat shoes",
        ),
        "Churidar": ("churidars", "churidar bottom", "churidar pants"),
        "Clothing Set": ("clothing sets", "outfit set", "clothes set"),
        "Clutches": ("clutch", "clutch bag", "clutch purse", "evening bag"),
        "Compact": ("compact powder", "face powder", "pressed powder"),
        "Concealer": ("concealers", "concealer stick", "cover stick"),
        "Cufflinks": ("cufflink", "cuff links", "cuff link"),
        "Cushion Covers": ("cushion cover", "pillow cover", "pillowcase"),
        "Deodorant": ("deodorants", "deo", "deo spray", "deodorant spray", "antiperspirant", "deodorant stick"),
        "Dresses": ("dress", "frock", "gown", "party dress", "summer dress", "maxi dress", "sundress"),
        "Duffel Bag": ("duffel bags", "duffle bag", "duffel", "gym bag", "sports bag", "holdall"),
        "Dupatta": ("dupattas", "chunni", "dupatta scarf"),
        "Earrings": ("earring", "ear rings", "ear studs", "hoop earrings", "drop earrings", "jhumkas"),
        "Eye Cream": ("eye creams", "eye gel", "under eye cream"),
        "Eyeshadow": ("eye shadow", "eyeshadows", "eyeshadow palette"),
        "Face Moisturisers": (
            "face moisturiser", "face moisturizer", "moisturiser", "moisturizer", "face cream", "day cream",
        ),
        "Face Scrub and Exfoliator": ("face scrub", "exfoliator", "facial scrub"),
        "Face Serum and Gel": ("face serum", "facial serum", "face gel"),
        "Face Wash and Cleanser": ("face wash", "cleanser", "facial cleanser", "facewash"),
        "Flats": ("flat", "ballet flats", "ballerinas", "flat shoes", "flat sandals", "women's flats"),
        "Flip Flops": ("flip flop", "flip-flops", "thongs footwear", "slippers", "beach slippers", "rubber slippers"),
        "Footballs": ("football", "soccer ball", "football ball"),
        "Formal Shoes": (
            "formal shoe", "dress shoes", "office shoes", "oxfords", "oxford shoes", "brogues", "derby shoes",
        ),
        "Foundation and Primer": ("foundation", "primer", "makeup foundation", "liquid foundation"),
        "Fragrance Gift Set": ("fragrance gift sets", "perfume gift set", "perfume set"),
        "Free Gifts": ("free gift", "giveaway gift"),
        "Gloves": ("glove", "pair of gloves", "gym gloves", "cricket gloves"),
        "Hair Accessory": ("hair accessories", "hair clip", "hair band"),
        "Hair Colour": ("hair color", "hair dye", "hair colour pack"),
        "Handbags": (
            "handbag", "hand bag", "hand bags", "purse", "shoulder bag", "tote", "tote bag", "ladies bag",
            "sling bag",
        ),
        "Hat": ("hats", "fedora", "sun hat"),
        "Headband": ("headbands", "sweat band", "head band"),
        "Heels": (
            "heel", "high heels", "high heel shoes", "pumps", "stilettos", "wedges", "heeled sandals",
            "platform heels",
        ),
        "Highlighter and Blush": ("highlighter", "blush", "blusher", "cheek colour"),
        "Innerwear Vests": ("innerwear vest", "vest", "undershirt", "inner vest", "sleeveless undershirt"),
        "Ipad": ("ipads", "tablet computer"),
        "Jackets": (
            "jacket", "coat", "windcheater", "leather jacket", "padded jacket", "bomber jacket", "track jacket",
        ),
        "Jeans": ("jean", "denims", "denim jeans", "denim pants", "blue jeans", "denim trousers"),
        "Jeggings": ("jegging", "denim leggings", "stretch jeggings"),
        "Jewellery Set": ("jewellery sets", "jewelry set", "necklace and earrings set"),
        "Jumpsuit": ("jumpsuits", "playsuit", "one piece jumpsuit"),
        "Kajal and Eyeliner": ("kajal", "eyeliner", "eye liner", "kohl", "eye pencil"),
        "Key chain": ("keychain", "key chains", "key ring"),
        "Kurta Sets": ("kurta set", "kurta pyjama", "kurta pajama set", "kurta with churidar"),
        "Kurtas": ("kurta", "long kurta", "indian tunic shirt", "ethnic kurta"),
        "Kurtis": ("kurti", "short kurta for women", "ethnic kurti"),
        "Laptop Bag": ("laptop bags", "laptop case", "office laptop bag", "computer bag", "laptop sleeve"),
        "Leggings": ("legging", "stretch leggings", "legging pants"),
        "Lehenga Choli": ("lehenga", "lehenga cholis", "ghagra choli"),
        "Lip Care": ("lip balm", "lip salve", "chapstick"),
        "Lip Gloss": ("lip glosses", "lipgloss", "gloss for lips"),
        "Lip Liner": ("lip liners", "lip pencil", "lipliner"),
        "Lip Plumper": ("lip plumpers", "lip plumping gloss"),
        "Lipstick": ("lipsticks", "lip stick", "lip colour", "lip color"),
        "Lounge Pants": ("lounge pant", "pyjama pants", "pajama pants", "pyjamas bottom", "sleep pants"),
        "Lounge Shorts": ("lounge short", "sleep shorts", "pyjama shorts"),
        "Lounge Tshirts": ("lounge tshirt", "sleep tshirt", "lounge tee"),
        "Makeup Remover": ("makeup removers", "make up remover", "eye makeup remover"),
        "Mascara": ("mascaras", "eyelash mascara", "lash mascara"),
        "Mask and Peel": ("face mask", "face pack", "facial peel"),
        "Mens Grooming Kit": ("men's grooming kit", "shaving kit", "grooming set"),
        "Messenger Bag": ("messenger bags", "cross body bag", "courier bag", "satchel"),
        "Mobile Pouch": ("mobile pouches", "phone pouch", "phone case", "cell phone cover"),
        "Mufflers": ("muffler", "woollen muffler", "winter muffler"),
        "Nail Essentials": ("nail essential", "nail care", "nail file"),
        "Nail Polish": ("nail polishes", "nail lacquer", "nail enamel", "nail varnish", "nail paint", "nail colour"),
        "Necklace and Chains": ("necklace", "necklaces", "neck chain", "chain necklace", "beaded necklace", "chains"),
        "Nehru Jackets": ("nehru jacket", "bandhgala jacket", "nehru waistcoat"),
        "Night suits": ("night suit", "nightsuit", "pyjamas", "pajamas", "pyjama set", "sleepwear set", "pjs"),
        "Nightdress": ("nightdresses", "night dress", "nightgown", "nightie", "night gown", "sleep dress"),
        "Patiala": ("patialas", "patiala salwar", "patiala pants"),
        "Pendant": ("pendants", "pendant with chain", "locket", "pendant necklace"),
        "Perfume and Body Mist": (
            "perfume", "body mist", "fragrance spray", "cologne", "eau de toilette", "edt", "perfumes", "scent",
        ),
        "Rain Jacket": ("rain jackets", "raincoat", "waterproof jacket"),
        "Rain Trousers": ("rain trouser", "waterproof trousers", "rain pants"),
        "Ring": ("rings", "finger ring", "engagement ring"),
        "Robe": ("robes", "satin robe", "night robe"),
        "Rompers": ("romper", "baby romper", "onesie", "bodysuit for babies"),
        "Rucksacks": ("rucksack", "hiking backpack", "trekking bag"),
        "Salwar": ("salwars", "shalwar", "salwar pants"),
        "Salwar and Dupatta": ("salwar with dupatta", "salwar dupatta set"),
        "Sandals": ("sandal", "strappy sandals", "open toe sandals", "leather sandals", "floaters"),
        "Sarees": ("saree", "sari", "saris", "silk saree", "indian sari"),
        "Scarves": ("scarf", "neck scarf", "printed scarf", "scarfs"),
        "Shapewear": ("shape wear", "body shaper", "tummy shaper"),
        "Shirts": (
            "shirt", "button down shirt", "dress shirt", "collared shirt", "button up", "check shirt",
            "office shirt",
        ),
        "Shoe Accessories": ("shoe accessory", "insoles", "shoe care"),
        "Shoe Laces": ("shoe lace", "shoelaces", "laces"),
        "Shorts": ("short pants", "bermudas", "bermuda shorts", "hot pants", "board shorts"),
        "Shrug": ("shrugs", "bolero", "open cardigan"),
        "Skirts": ("skirt", "mini skirt", "long skirt", "pencil skirt", "maxi skirt"),
        "Socks": ("sock", "pair of socks", "pack of socks", "ankle socks"),
        "Sports Sandals": ("sports sandal", "sport sandals", "trekking sandals", "outdoor sandals"),
        "Sports Shoes": (
            "sports shoe", "running shoes", "running shoe", "trainers", "athletic shoes", "gym shoes",
            "football shoes", "joggers shoes",
        ),
        "Stockings": ("stocking", "hosiery", "pantyhose", "sheer stockings"),
        "Stoles": ("stole", "shawl", "wrap stole", "pashmina"),
        "Suits": ("suit", "business suit", "two piece suit"),
        "Sunglasses": ("sunglass", "sun glasses", "shades", "aviators", "goggles", "wayfarers"),
        "Sunscreen": ("sun screen", "sunblock", "sun cream", "spf lotion"),
        "Suspenders": ("suspender", "braces", "trouser braces"),
        "Sweaters": ("sweater", "pullover", "jumper", "cardigan", "knitwear", "woollen sweater"),
        "Sweatshirts": ("sweatshirt", "sweat shirt", "hoodie", "hoodies", "hooded sweatshirt", "hoody"),
        "Swimwear": ("swim wear", "swimsuit", "bathing suit", "swimming costume", "bikini"),
        "Tablet Sleeve": ("tablet sleeves", "tablet cover", "ipad sleeve"),
        "Ties": ("tie", "necktie", "neck tie", "silk tie"),
        "Ties and Cufflinks": ("tie and cufflinks", "tie and cufflink set"),
        "Tights": ("tight", "running tights", "nylon tights"),
        "Toner": ("toners", "face toner", "skin toner"),
        "Tops": ("top", "women's top", "blouse", "tank top", "sleeveless top", "ladies top", "tube top", "halter top"),
        "Track Pants": (
            "track pant", "trackpants", "sweatpants", "joggers", "jogging pants", "tracksuit bottoms",
            "gym pants",
        ),
        "Tracksuits": ("tracksuit", "track suit", "jogging suit", "warm up suit"),
        "Travel Accessory": ("travel accessories", "travel pouch", "passport holder"),
        "Trolley Bag": ("trolley bags", "suitcase", "wheeled luggage", "trolley suitcase"),
        "Trousers": ("trouser", "pants", "chinos", "slacks", "formal trousers", "dress pants", "khakis", "cargo pants"),
        "Trunk": ("trunks", "trunk underwear", "boxer briefs", "men's trunks"),
        "Tshirts": (
            "t-shirt", "t-shirts", "tshirt", "t shirt", "tee", "tees", "tee shirt", "polo", "polo shirt",
            "graphic tee", "crew neck tee",
        ),
        "Tunics": ("tunic", "tunic top", "long tunic"),
        "Umbrellas": ("umbrella", "folding umbrella", "rain umbrella", "parasol"),
        "Waist Pouch": ("waist pouches", "fanny pack", "bum bag", "waist bag"),
        "Waistcoat": ("waistcoats", "suit vest", "formal waistcoat"),
        "Wallets": ("wallet", "leather wallet", "billfold", "card wallet", "money purse"),
        "Watches": ("watch", "wristwatch", "wrist watch", "analog watch", "digital watch", "timepiece", "chronograph"),
        "Water Bottle": ("water bottles", "sipper", "sports bottle", "drinking bottle"),
        "Wristbands": ("wristband", "wrist band", "sweatband for wrist"),
    }
)  # fmt: skip

BROAD_TERMS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "shoes": ("Casual Shoes", "Sports Shoes", "Formal Shoes", "Heels", "Flats"),
        "shoe": ("Casual Shoes", "Sports Shoes", "Formal Shoes", "Heels", "Flats"),
        "sneakers": ("Casual Shoes", "Sports Shoes"),
        "sneaker": ("Casual Shoes", "Sports Shoes"),
        "lace up shoes": ("Casual Shoes", "Sports Shoes", "Formal Shoes"),
        "footwear": (
            "Casual Shoes", "Sports Shoes", "Formal Shoes", "Heels", "Flats", "Flip Flops", "Sandals",
            "Sports Sandals", "Booties",
        ),
        "ladies shoes": ("Heels", "Flats"),
        "leather shoes": ("Formal Shoes", "Casual Shoes"),
        "boots": ("Casual Shoes", "Formal Shoes", "Heels"),
        "open shoes": ("Sandals", "Flip Flops", "Sports Sandals", "Heels", "Flats"),
        "bag": (
            "Handbags", "Backpacks", "Clutches", "Duffel Bag", "Laptop Bag", "Messenger Bag", "Rucksacks",
            "Trolley Bag", "Waist Pouch",
        ),
        "bags": (
            "Handbags", "Backpacks", "Clutches", "Duffel Bag", "Laptop Bag", "Messenger Bag", "Rucksacks",
            "Trolley Bag", "Waist Pouch",
        ),
        "purses": ("Handbags", "Clutches"),
        "luggage": ("Duffel Bag", "Trolley Bag", "Rucksacks"),
        "jewellery": ("Earrings", "Ring", "Bangle", "Bracelet", "Pendant", "Necklace and Chains", "Jewellery Set"),
        "jewelry": ("Earrings", "Ring", "Bangle", "Bracelet", "Pendant", "Necklace and Chains", "Jewellery Set"),
        "neck jewellery": ("Pendant", "Necklace and Chains"),
        "makeup": (
            "Lipstick", "Lip Gloss", "Lip Liner", "Foundation and Primer", "Kajal and Eyeliner",
            "Highlighter and Blush", "Eyeshadow", "Compact", "Mascara", "Concealer",
        ),
        "cosmetics": (
            "Lipstick", "Lip Gloss", "Lip Liner", "Foundation and Primer", "Kajal and Eyeliner",
            "Highlighter and Blush", "Eyeshadow", "Compact", "Mascara", "Concealer", "Nail Polish",
        ),
        "lip makeup": ("Lipstick", "Lip Gloss", "Lip Liner", "Lip Plumper"),
        "eye makeup": ("Kajal and Eyeliner", "Eyeshadow", "Mascara"),
        "skin care": (
            "Face Moisturisers", "Face Wash and Cleanser", "Sunscreen", "Mask and Peel", "Toner", "Eye Cream",
            "Body Lotion", "Face Scrub and Exfoliator",
        ),
        "fragrance": ("Perfume and Body Mist", "Deodorant", "Fragrance Gift Set"),
        "bottoms": ("Jeans", "Trousers", "Shorts", "Track Pants", "Capris", "Leggings", "Skirts", "Jeggings"),
        "long pants": ("Jeans", "Trousers", "Track Pants", "Leggings", "Lounge Pants"),
        "denim": ("Jeans", "Jeggings"),
        "underwear": ("Briefs", "Bra", "Trunk", "Boxers", "Innerwear Vests", "Camisoles", "Shapewear"),
        "lingerie": ("Bra", "Briefs", "Camisoles", "Baby Dolls"),
        "innerwear": ("Briefs", "Bra", "Trunk", "Boxers", "Innerwear Vests", "Camisoles", "Shapewear"),
        "nightwear": ("Nightdress", "Night suits", "Lounge Pants", "Lounge Shorts", "Baby Dolls", "Robe", "Bath Robe"),
        "sleepwear": ("Nightdress", "Night suits", "Lounge Pants", "Lounge Shorts", "Baby Dolls"),
        "ethnic wear": (
            "Kurtas", "Kurtis", "Sarees", "Kurta Sets", "Salwar", "Churidar", "Dupatta", "Patiala",
            "Lehenga Choli",
        ),
        "indian clothes": (
            "Kurtas", "Kurtis", "Sarees", "Kurta Sets", "Salwar", "Churidar", "Dupatta", "Patiala",
            "Lehenga Choli",
        ),
        "winter clothes": ("Jackets", "Sweaters", "Sweatshirts"),
        "warm clothing": ("Jackets", "Sweaters", "Sweatshirts", "Mufflers"),
        "outerwear": ("Jackets", "Blazers", "Rain Jacket", "Nehru Jackets", "Waistcoat"),
        "headwear": ("Caps", "Hat", "Headband"),
        "headgear": ("Caps", "Hat", "Headband"),
        "shawls and scarves": ("Scarves", "Stoles", "Mufflers", "Dupatta"),
        "eyewear": ("Sunglasses",),
        "glasses": ("Sunglasses",),
        "leather goods": ("Wallets", "Belts", "Handbags"),
        "balls": ("Basketballs", "Footballs"),
        "sports equipment": ("Basketballs", "Footballs"),
    }
)  # fmt: skip

COLOURS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "Beige": ("sand coloured", "light beige"),
        "Black": ("jet black", "pure black", "blackish"),
        "Blue": ("bright blue", "sky blue", "royal blue", "bluish"),
        "Bronze": ("bronze coloured",),
        "Brown": ("brownish", "chocolate brown", "dark brown"),
        "Burgundy": ("wine red", "wine coloured"),
        "Charcoal": ("charcoal grey", "dark grey"),
        "Coffee Brown": ("coffee", "coffee coloured"),
        "Copper": ("copper coloured",),
        "Cream": ("creamy", "ivory"),
        "Fluorescent Green": ("neon green",),
        "Gold": ("golden", "gold coloured", "gold toned"),
        "Green": ("greenish", "bright green", "forest green"),
        "Grey": ("gray", "greyish"),
        "Grey Melange": ("grey marl", "heather grey", "gray melange"),
        "Khaki": ("khaki coloured",),
        "Lavender": ("lilac", "light purple"),
        "Lime Green": ("lime", "lime coloured"),
        "Magenta": ("fuchsia", "hot pink"),
        "Maroon": ("dark red", "deep red"),
        "Mauve": ("mauve coloured",),
        "Metallic": ("metallic coloured",),
        "Multi": ("multicolour", "multicoloured", "multi coloured", "colourful", "multicolored", "colorful"),
        "Mushroom Brown": ("mushroom",),
        "Mustard": ("mustard yellow",),
        "Navy Blue": ("navy", "dark blue", "midnight blue"),
        "Nude": ("nude coloured",),
        "Off White": ("off-white", "eggshell"),
        "Olive": ("olive green", "army green"),
        "Orange": ("bright orange", "orangish"),
        "Peach": ("peach coloured", "apricot"),
        "Pink": ("pinkish", "light pink", "baby pink"),
        "Purple": ("violet", "purplish"),
        "Red": ("bright red", "scarlet", "reddish", "crimson"),
        "Rose": ("rose coloured",),
        "Rust": ("rust coloured", "brick"),
        "Sea Green": ("aqua green",),
        "Silver": ("silver coloured", "silvery", "silver toned"),
        "Skin": ("skin coloured", "skin tone"),
        "Steel": ("steel coloured", "stainless steel"),
        "Tan": ("tan brown", "camel"),
        "Taupe": ("taupe coloured",),
        "Teal": ("teal blue", "petrol"),
        "Turquoise Blue": ("turquoise", "aqua", "cyan"),
        "White": ("pure white", "snow white", "whitish"),
        "Yellow": ("bright yellow", "lemon yellow", "yellowish"),
    }
)

BROAD_COLOURS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "dark coloured": ("Black", "Navy Blue", "Charcoal", "Coffee Brown", "Maroon", "Burgundy", "Brown"),
        "light coloured": ("White", "Off White", "Cream", "Beige", "Peach", "Nude", "Skin"),
        "any shade of blue": ("Blue", "Navy Blue", "Turquoise Blue", "Teal"),
        "any shade of green": ("Green", "Olive", "Sea Green", "Lime Green", "Fluorescent Green"),
        "earth toned": ("Brown", "Beige", "Tan", "Khaki", "Olive", "Rust", "Coffee Brown", "Mushroom Brown"),
        "metal coloured": ("Silver", "Gold", "Steel", "Bronze", "Copper", "Metallic"),
    }
)

GENDERS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "Men": ("man", "mens", "men's", "male", "gents", "gentlemen", "guys"),
        "Women": ("woman", "womens", "women's", "female", "ladies", "lady", "ladies'"),
        "Boys": ("boy", "boy's", "boys'", "little boys"),
        "Girls": ("girl", "girl's", "girls'", "little girls"),
        "Unisex": ("men and women", "everyone", "both men and women"),
    }
)

BROAD_GENDERS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "kids": ("Boys", "Girls"),
        "children": ("Boys", "Girls"),
        "kid's": ("Boys", "Girls"),
        "adults": ("Men", "Women", "Unisex"),
    }
)

USAGES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "Casual": ("everyday", "casual wear", "day to day"),
        "Sports": ("sport", "sporty", "athletic", "for the gym", "for running", "workout"),
        "Ethnic": ("traditional", "ethnic wear", "festive"),
        "Formal": ("office", "business", "for work", "formal wear"),
        "Smart Casual": ("smart-casual",),
        "Party": ("party wear", "for a party"),
        "Travel": ("for travelling", "travelling"),
        "Home": ("for the house",),
    }
)

SEASONS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "Summer": ("for summer", "hot weather"),
        "Winter": ("for winter", "cold weather"),
        "Fall": ("autumn", "for autumn"),
        "Spring": ("for spring", "springtime"),
    }
)

CATEGORIES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "Apparel": ("clothing", "clothes", "garment", "garments"),
        "Accessories": ("accessory", "fashion accessories"),
        "Footwear": ("something for the feet",),
        "Personal Care": ("beauty product", "beauty products", "toiletries", "personal care product"),
        "Free Items": ("free item",),
        "Sporting Goods": ("sports goods",),
        "Home": ("home goods",),
    }
)

GROUPS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "Topwear": ("upper body clothing", "top wear"),
        "Bottomwear": ("lower body clothing", "bottom wear"),
        "Loungewear and Nightwear": ("loungewear", "night wear"),
        "Jewellery": ("piece of jewellery",),
        "Lips": ("lip product", "lip products"),
        "Nails": ("nail product", "nail products"),
        "Eyes": ("eye product",),
        "Dress": ("one piece dress",),
        "Saree": ("draped saree",),
    }
)

PHRASES: Mapping[str, Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "articleType": TYPES,
        "baseColour": COLOURS,
        "gender": GENDERS,
        "usage": USAGES,
        "season": SEASONS,
        "masterCategory": CATEGORIES,
        "subCategory": GROUPS,
    }
)
"""For every label column, the phrases that mean exactly one of its values."""

BROAD: Mapping[str, Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {"articleType": BROAD_TERMS, "baseColour": BROAD_COLOURS, "gender": BROAD_GENDERS}
)
"""For some label columns, the phrases that cover several of its values."""

UNKNOWN = frozenset({"", "NA"})
"""Values that say nothing about a picture."""


def phrases_for(column: str, value: str) -> tuple[str, ...]:
    """Return every phrase that means this value, its own name first."""
    return (value, *PHRASES[column].get(value, ()))
