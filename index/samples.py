"""Texts of many kinds, on which a converted copy of a model is adjusted and then held against the model."""

MEASURED = (
    "The harbour froze in the winter of 1838, and for eleven weeks no ship could leave; bread came by sledge.",
    "What does the warranty cover, and how long does it last?",
    "Dr. Amina Yusuf (born 4 March 1951) is a Nigerian chemist known for her work on zeolites.",
    "net revenue 12,480 15,022 20.4 % operating costs 9,310 10,877 16.8 % headcount 212 240",
    "Unscrew the cap, wait until the pressure has fallen below 2 bar, and only then remove the filter.",
    "Photosynthesis takes place in the chloroplasts: light splits water, oxygen escapes, energy is kept as sugar.",
    "yes",
    "From: Tom <tom@example.org> To: Ines Subject: Re: minutes of the meeting on Tuesday",
    "The court held that the clause was void, since neither party could have foreseen the change in the statute.",
    "Der Zug nach Lindau fährt sonntags um 9.40 Uhr von Gleis 3 ab.",
    "def mean(values): return sum(values) / len(values)",
    "« Personne n'avait vu le peintre depuis des années », dit la voisine, « et puis un matin il était là. »",
)
"""What a copy is adjusted on."""

CHECKED = (
    "In 1764 the lighthouse on the southern reef was rebuilt in granite, after two wooden towers had burnt down.",
    "Who rebuilt the lighthouse?",
    "The first tower stood for only nine years; sailors still speak of the night when it fell.",
    "Employees may carry over at most five days of leave into the next year, if their manager agrees in writing.",
    "How many days of leave can I take into next year?",
    "The enzyme is stable between pH 6 and pH 8 and loses half of its activity within an hour at 60 °C.",
    "At what temperature does the protein denature?",
    "Total assets rose from 3.2 to 4.1 million; the dividend stays at 0.15 per share, payable on 12 May.",
    "She sold the bakery to her cousin, moved to the coast, and wrote three novels. The second was filmed twice.",
    "Press and hold both buttons for five seconds until the lamp blinks twice.",
    "error E7: sensor not found",
    "The parliament has 120 members, who are elected every four years by all citizens over sixteen.",
    "Which body makes the laws, and how is it chosen?",
    "Die Bücherei bleibt wegen Umbau bis zum 3. Oktober geschlossen.",
    "La bibliothèque rouvrira au mois d'octobre.",
    "rope, tide, gull, quay, bell",
)
"""What it is then held against the model on; no two are the same."""
