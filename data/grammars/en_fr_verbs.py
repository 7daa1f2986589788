"""The verbs, times and places of the corpus en_fr, as tables; "_" is a blank within an entry."""

from __future__ import annotations

from typing import NamedTuple

from data.grammars.en_fr_nouns import listed, rows


class Verb(NamedTuple):
    """A verb: base, -s, past, -ing; French il, ils, participle, infinitive; what goes with it.

    tenses: h habit (simple present), n now (progressive), p past, s soon (going to), m modal.
    who: kinds or nouns that may be its subject. what: those that may be its object.
    """

    base: str
    s: str
    past: str
    ing: str
    il: str
    ils: str
    done: str
    inf: str
    tenses: str
    who: tuple[str, ...]
    what: tuple[str, ...]

    @property
    def etre(self) -> bool:
        """Whether its past is made with être, so that the participle agrees."""
        return self.base in ETRE


FORM_TABLE = """
sleep sleeps slept sleeping                  dort dorment dormi dormir
sing sings sang singing                      chante chantent chanté chanter
work works worked working                    travaille travaillent travaillé travailler
dance dances danced dancing                  danse dansent dansé danser
play plays played playing                    joue jouent joué jouer
run runs ran running                         court courent couru courir
swim swims swam swimming                     nage nagent nagé nager
eat eats ate eating                          mange mangent mangé manger
drink drinks drank drinking                  boit boivent bu boire
read reads read reading                      lit lisent lu lire
write writes wrote writing                   écrit écrivent écrit écrire
see - saw -                                  - - vu voir
look_for looks_for looked_for looking_for    cherche cherchent cherché chercher
find - found -                               - - trouvé trouver
buy buys bought buying                       achète achètent acheté acheter
open opens opened opening                    ouvre ouvrent ouvert ouvrir
close closes closed closing                  ferme ferment fermé fermer
wait_for waits_for waited_for waiting_for    attend attendent attendu attendre
break - broke -                              - - cassé casser
have has - -                                 a ont - -
like likes - -                               aime aiment - -
give gives gave giving                       donne donnent donné donner
talk talks talked talking                    parle parlent parlé parler
say says - -                                 dit disent - -
arrive arrives arrived arriving              arrive arrivent arrivé arriver
go goes went going                           va vont allé aller
come_back comes_back came_back coming_back   revient reviennent revenu revenir
leave leaves left leaving                    part partent parti partir
stay stays - staying                         reste restent - rester
fall - fell -                                - - tombé -
"""

USE_TABLE = """
sleep      hnpsm person,animal -
sing       hnpsm person -
sing       hnp   bird -
work       hnpsm adult -
dance      hnpsm person -
play       hnpsm child -
play       hnp   pet -
run        hnpsm child -
run        hnp   dog,horse,cat -
swim       hnpsm person -
eat        hnpsm person food
eat        hnp   mouse,pet bread,cheese
eat        hnp   bird bread
eat        np    horse apple,bread
drink      hnpsm person drink
drink      hnp   pet,horse,bird,mouse water
drink      np    cat milk
read       hnpsm person book,letter,newspaper
write      npsm  person letter,book
see        psm   person animal,doctor,teacher,boat,church,bridge,car,tree,house,train,island
see        p     animal animal
look_for   npm   person pet,key,hat,book,letter,box,newspaper,bike,glass
find       pm    person key,hat,book,letter,box,owl,mouse,bike,pet
buy        hnpsm person food,milk,coffee,tea,newspaper,flower
buy        npsm  person book,hat,car,boat,bike,chair,house,plate,table,horse
open       hnpsm person door,window,box,letter
close      hnpsm person door,window,box,book
wait_for   hnpsm person adult,train
break      psm   person glass,plate,window,chair
have       h     person pet,horse,car,boat,bike,house,garden,hat,book
like       h     person -
give       npsm  person book,letter,apple,orange,flower,key,hat,newspaper
talk       hnpsm person -
say        h     person -
arrive     hps   person,train -
go         hnpm  person -
come_back  hnpsm person -
leave      npsm  person -
leave      hnps  train -
stay       hnsm  person,pet -
fall       p     child,glass,plate,book,hat,box,key,apple,egg -
"""

ETRE = {"arrive", "go", "come back", "leave", "fall"}

# English, French, the tenses that go with it, whether it stands at the end too
TIMES = (
    ("yesterday|a", "hier|a", "past", True),
    ("last|a week|b", "la|b semaine|b dernière|a", "past", True),
    ("this|a morning|b", "ce|a matin|b", "past", True),
    ("on|a monday|a", "lundi|a", "past soon", True),
    ("now|a", "maintenant|a", "now", False),
    ("today|a", "aujourd'hui|a", "now", True),
    ("every|a day|b", "tous|a les|a jours|b", "habit", True),
    ("every|a morning|b", "tous|a les|a matins|b", "habit", True),
    ("in|a summer|b", "en|a été|b", "habit", True),
    ("in|a winter|b", "en|a hiver|b", "habit", True),
    ("tomorrow|a", "demain|a", "soon", True),
    ("tonight|a", "ce|a soir|a", "soon", True),
)

# a duty, a ban: what one must or must not do
DUTIES = ("work", "read", "write", "look for", "find", "buy", "open", "close", "wait for", "give",
          "stay", "drink", "go", "see")
BANS = ("open", "close", "eat", "drink", "run", "play", "buy", "go", "sing", "read", "break")
# what one may never have done, or never does
SELDOM = ("sing", "work", "dance", "play", "run", "swim", "eat", "drink", "read", "write", "see",
          "buy", "go", "sleep", "talk", "close", "open")

# English, French, the nouns that it goes with, whether "a" may follow
PLACES = {
    "in": ("in|p", "dans|p", "garden house kitchen village forest street", False),
    "asleep": ("in|p", "dans|p", "garden house forest", False),
    "at home": ("in|p", "dans|p", "garden house kitchen", False),
    "outside": ("in|p", "dans|p", "garden street village forest", False),
    "at": ("at|p", "à|p", "market station hotel hospital", False),
    "at the station": ("at|p", "à|p", "station", False),
    "to": ("to|p", "à|p", "market station hotel hospital bank church village river", False),
    "from": ("from|p", "de/d'|p", "market station hotel hospital bank church village river forest "
             "garden island", False),
    "near": ("near|p", "près|p de/d'|p", "river church bridge house school station hotel forest "
             "tree", True),
    "near water": ("near|p", "près|p de/d'|p", "island bridge", False),
    "behind": ("behind|p", "derrière|p", "house church school hotel tree", True),
    "in front of": ("in|p front|p of|p", "devant|p",
                    "house church school hotel station bank hospital", True),
    "under a tree": ("under|p", "sous|p", "tree", True),
    "on": ("on|p", "sur|p", "table chair box", False),
    "under": ("under|p", "sous|p", "table chair car bridge", False),
    "inside": ("in|p", "dans|p", "box kitchen car house", False),
    "in water": ("in|p", "dans|p", "river", False),
}

FORMS = {row[0]: row for row in rows(FORM_TABLE)}
VERBS = [Verb(*FORMS[row[0]], row[1], listed(row[2]), listed(row[3])) for row in rows(USE_TABLE)]
