"""Words that say nothing of what is asked about, in other languages than English, and which language a question is in.

English has its own in `qa.words`. A word that means nothing in one language may be the point in another ("die", "was"),
so they are passed over only in a question that is in their language.
"""

from __future__ import annotations

from collections.abc import Collection
from functools import cache

from index.words import divide_words

# No negation is among them, nor a word of size or order.
_STOP_WORDS = {
    "German": "wer wen wem wessen was wann wo woher wohin wie viel viele warum wieso weshalb welche welcher welches "
    "welchen welchem der die das den dem des ein eine einer eines einem einen und oder aber auch ist sind war "
    "waren wird werden wurde wurden worden hat haben hatte hatten kann konnte soll sollte muss darf sein seine "
    "seiner seinem seinen ihr ihre ihrer ihrem ihren er sie es wir ich man sich in im ins an am auf aus bei "
    "beim bis durch für gegen mit nach seit um über unter von vom vor zu zum zur zwischen dass wenn als dann "
    "denn doch noch so gibt gab dieser diese dieses",
    "French": "qui que quoi quand où comment pourquoi combien quel quelle quels quelles lequel laquelle le la les l "
    "un une des du de d à au aux et ou mais est sont était étaient fut furent a ont avait avaient été être "
    "avoir peut il elle ils elles on nous vous je se s ce c cet cette ces qu en dans par pour sur sous avec "
    "chez vers entre depuis son sa ses leur leurs y t dont",
    "Spanish": "quién quiénes qué cuándo dónde cómo cuál cuáles cuánto cuánta cuántos cuántas el la los las lo un "
    "una unos unas y o u pero es son era eran fue fueron ha han había sido ser estar está están estaba hay "
    "puede se su sus le les él ella ellos ellas yo en de del al a por para con sobre entre desde hasta que este "
    "esta estos estas ese esa porque quien donde cuando como",
    "Italian": "chi che cosa quando dove come perché quale quali quanto quanta quanti quante il lo la i gli le l un "
    "uno una e ed o ma è sono era erano fu furono ha hanno aveva avevano stato stata stati state essere può si "
    "suo sua suoi sue loro egli lui lei essi in di del dello della dei degli delle d a al allo alla ai agli "
    "alle da dal dalla dai dalle nel nella nei nelle con su sul sulla per tra fra questo questa questi queste "
    "cui",
    "Portuguese": "quem que quê quando onde como qual quais quanto quanta quantos quantas o a os as um uma uns umas "
    "e ou mas é são era eram foi foram há tem têm tinha sido ser estar está estão pode se seu sua seus suas ele "
    "ela eles elas em de do da dos das na nos nas ao à aos às por pelo pela pelos pelas para com sobre entre "
    "desde até este esta isso porque",
    "Dutch": "wie wat wanneer waar waarom hoe welke welk hoeveel waarin waarmee de het een en of maar is zijn was "
    "waren wordt worden werd werden geworden heeft hebben had hadden kan kon moet mag hij zij ze we wij ik men "
    "zich in op aan uit bij tot door voor tegen met na sinds om over onder van te tussen dat die dit deze als "
    "dan er naar hun haar",
    "Russian": "кто кого кому кем что чего чему чем когда где куда откуда как почему зачем какой какая какое какие "
    "каком какого сколько чей и или но а в во на с со к ко о об от до из за по при для у над под между это этот "
    "эта эти был была было были есть будет он она оно они его её их мы вы я же ли бы",
    "Greek": "ποιος ποια ποιο ποιοι ποιες τι πότε πού πώς γιατί πόσο πόσα πόσοι πόσες ο η το οι τα του της των τον "
    "την στο στη στην στον στα στους στις και ή αλλά είναι ήταν έχει έχουν είχε σε με για από ως προς ένα ένας "
    "μια που θα να",
    "Arabic": "من متى أين كيف لماذا ماذا ما هل كم أي أية في على إلى عن مع بين منذ حتى و أو ثم هو هي هم هذا هذه ذلك "
    "تلك الذي التي الذين كان كانت يكون تم قد أن إن",
    "Hindi": "कौन किस किसने किसे क्या कब कहाँ कहां कैसे क्यों कितना कितने कितनी का की के को से में पर ने है हैं था "
    "थे थी और या यह वह ये वे इस उस एक कि जो हुआ हुई हुए गया गई गए",
    "Chinese": "什么 什么时候 时候 是什么 何时 哪里 在哪里 在哪 哪儿 谁 是谁 为什么 为何 "
    "怎么 怎样 如何 多少 有多少 哪个 哪些 哪一 哪种 是否 甚麼 什麼 什麼時候 哪裡 為什麼",
    "Japanese": "いつ どこ だれ 誰 何 なに なん なぜ どう どの どれ どんな いくつ "
    "いくら です ですか ます ますか ました でした でしたか されました された している ている していますか とは",
    "Thai": "ใคร อะไร เมื่อไร เมื่อไหร่ เมื่อใด ที่ไหน ที่ใด อย่างไร ทำไม เท่าไร เท่าไหร่ กี่ คือ คืออะไร เป็น ที่ ใน ของ และ ได้ ถูก มี",
}
# Of Latin letters, one alone may be part of a name, or of a title that is asked about; and these may be as many as they
# like, for they stand in names ("Ludwig van Beethoven") or are English words.
_NO_SIGN = frozenset(
    "al and as com d da das de del della den der des di die do door dos du e el gli hat i il in is l la las le les lo "
    "los man me men mit o on pour se sin son sur ten the un une van von war was y zu".split()
)
_FEWEST = dict.fromkeys(("German", "French", "Spanish", "Italian", "Portuguese", "Dutch"), 2)


@cache
def stop_words() -> dict[str, frozenset[str]]:
    """The stop words of each language, as `qa.words.words_of` tells words apart."""
    return {language: frozenset(divide_words(words).split()) for language, words in _STOP_WORDS.items()}


def language_of(words: Collection[str], english: Collection[str]) -> str:
    """The language with most stop words among `words`; empty if it may be English, which has those in `english`."""
    asked = set(words)
    found = {language: asked & those for language, those in stop_words().items()}
    best = max(found, key=lambda language: len(found[language]))
    is_clear = len(found[best]) >= _FEWEST.get(best, 1) and len(found[best]) > len(asked.intersection(english))
    return best if is_clear and found[best] - _NO_SIGN - set(english) else ""
