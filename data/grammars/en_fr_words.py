"""The words of the corpus en_fr, as tables: nouns, adjectives, verbs, places, times.

A form "le/l'" has its second shape before a vowel or a mute h; `en_fr.spelled` chooses.
"-" stands where a form is not used; "_" for a blank within an entry.
"""

from __future__ import annotations

from typing import NamedTuple


class Noun(NamedTuple):
    """A noun: singular and plural on both sides, gender, kinds, and adjectives that fit it."""

    one: str
    many: str
    un: str
    des: str
    gender: str
    kinds: tuple[str, ...]
    adjectives: tuple[str, ...]


class Adjective(NamedTuple):
    """An adjective: French forms m, f, m plural, f plural; whether it stands before its noun."""

    name: str
    forms: tuple[str, ...]
    before: bool


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
    etre: bool
    tenses: str
    who: tuple[str, ...]
    what: tuple[str, ...]


NOUN_TABLE = """
girl        girls      fille      filles     f person,child    little,young,happy,tired
boy         boys       garçon     garçons    m person,child    little,young,happy,tired
child       children   enfant     enfants    m person,child    young,happy,tired
woman       women      femme      femmes     f person,adult    young,old,tired,happy
man         men        homme      hommes     m person,adult    young,old,tired
teacher     teachers   professeur professeurs m person,adult   young,old,good,new
doctor      doctors    médecin    médecins   m person,adult    young,old,good,new
student     students   étudiant   étudiants  m person,adult    young,good,new,tired
neighbour   neighbours voisin     voisins    m person,adult    old,new
friend      friends    ami        amis       m person,adult,own  old,good,new
mother      -          mère       -          f person,adult,kin  -
father      -          père       -          m person,adult,kin  -
sister      sisters    sœur       sœurs      f person,child,kin  young
brother     brothers   frère      frères     m person,child,kin  young
cat         cats       chat       chats      m animal,pet,own  small,old,black,white,beautiful
dog         dogs       chien      chiens     m animal,pet,own  small,big,old,black,white
bird        birds      oiseau     oiseaux    m animal          small,big,beautiful,white,black
horse       horses     cheval     chevaux    m animal,own      old,beautiful,big,white,black
mouse       mice       souris     souris     f animal          small,white
owl         owls       hibou      hiboux     m animal          old,white,big
book        books      livre      livres     m thing,own       old,new,good,red,heavy,expensive
letter      letters    lettre     lettres    f thing,own       long,beautiful,old
newspaper   newspapers journal    journaux   m thing           old,new
key         keys       clé        clés       f thing,own       small,old,new
glass       -          verre      -          m thing           small,clean,empty,expensive
plate       plates     assiette   assiettes  f thing           clean,white,small,blue,empty
hat         hats       chapeau    chapeaux   m thing,own       black,red,new,old,expensive
coat        coats      manteau    manteaux   m thing,own       black,new,old,heavy,red
box         boxes      boîte      boîtes     f thing           small,big,heavy,empty,red,green
car         cars       voiture    voitures   f thing,own       old,new,red,black,white,clean
boat        boats      bateau     bateaux    m thing,own       small,big,old,white,blue,expensive
bike        bikes      vélo       vélos      m thing,own       old,new,green,small,blue
chair       chairs     chaise     chaises    f thing           old,white,small,new,green
table       tables     table      tables     f thing           big,small,clean,old
lamp        lamps      lampe      lampes     f thing           small,old,beautiful,new
door        doors      porte      portes     f thing,shut      green,old,heavy,closed,white
window      windows    fenêtre    fenêtres   f thing,shut      small,big,open,closed
flower      flowers    fleur      fleurs     f thing           red,white,blue,beautiful,small
tree        trees      arbre      arbres     m tall            old,big,beautiful,green
train       trains     train      trains     m thing           long,old,new
bread       -          pain       -          m food,mass       good,hot
cheese      -          fromage    -          m food,mass       good,old,expensive
soup        -          soupe      -          f food,mass       good,hot,cold,green
apple       apples     pomme      pommes     f food,fruit      red,green,small,good
orange      oranges    orange     oranges    f food,fruit      small,good,big
egg         eggs       œuf        œufs       m food,fruit      small,white,big
cake        cakes      gâteau     gâteaux    m food,fruit      good,small,big
water       -          eau        -          f drink,mass      cold,hot
milk        -          lait       -          m drink,mass      cold,hot
coffee      -          café       -          m drink,mass      hot,good,cold
tea         -          thé        -          m drink,mass      hot,good,green,cold
house       houses     maison     maisons    f place,own       small,big,old,new,beautiful,white
garden      gardens    jardin     jardins    m place,own       small,big,beautiful,old
kitchen     -          cuisine    -          f place           small,clean,big,new
school      -          école      -          f place           new,old,small,big
market      -          marché     -          m place           big,old,small,new
church      churches   église     églises    f place           old,beautiful,small,white
village     villages   village    villages   m place           small,old,beautiful
forest      -          forêt      -          f place           big,old,beautiful
river       -          rivière    -          f place           long,beautiful
bridge      bridges    pont       ponts      m place           long,old,new
hotel       hotels     hôtel      hôtels     m place           new,old,expensive,beautiful,big
station     -          gare       -          f place           new,old,big
street      streets    rue        rues       f place           long,empty,old,clean
island      -          île        -          f place           small,beautiful
bank        -          banque     -          f place           new,old
hospital    -          hôpital    -          m place           new,old,big
"""

ADJECTIVE_TABLE = """
small      petit    petite    petits    petites    before
little     petit    petite    petits    petites    before
big        grand    grande    grands    grandes    before
young      jeune    jeune     jeunes    jeunes     before
old        vieux/vieil vieille vieux    vieilles   before
new        nouveau/nouvel nouvelle nouveaux nouvelles before
beautiful  beau/bel belle     beaux     belles     before
good       bon      bonne     bons      bonnes     before
long       long     longue    longs     longues    before
red        rouge    rouge     rouges    rouges     after
green      vert     verte     verts     vertes     after
white      blanc    blanche   blancs    blanches   after
black      noir     noire     noirs     noires     after
blue       bleu     bleue     bleus     bleues     after
clean      propre   propre    propres   propres    after
empty      vide     vide      vides     vides      after
heavy      lourd    lourde    lourds    lourdes    after
expensive  cher     chère     chers     chères     after
hot        chaud    chaude    chauds    chaudes    after
cold       froid    froide    froids    froides    after
open       ouvert   ouverte   ouverts   ouvertes   after
closed     fermé    fermée    fermés    fermées    after
happy      heureux  heureuse  heureux   heureuses  after
tired      fatigué  fatiguée  fatigués  fatiguées  after
ill        malade   malade    malades   malades    after
"""

VERB_TABLE = """
sleep sleeps slept sleeping        dort dorment dormi dormir                hnpsm person,animal -
sing sings sang singing            chante chantent chanté chanter           hnpsm person,bird -
work works worked working          travaille travaillent travaillé travailler hnpsm person -
dance dances danced dancing        danse dansent dansé danser               hnpsm person -
play plays played playing          joue jouent joué jouer                   hnpsm child,pet -
run runs ran running               court courent couru courir               hnpsm child,pet,horse -
swim swims swam swimming           nage nagent nagé nager                   hnpsm person,dog -
eat eats ate eating                mange mangent mangé manger               hnpsm person food
eat eats ate eating                mange mangent mangé manger               hnp animal bread,cheese
drink drinks drank drinking        boit boivent bu boire                    hnpsm person drink
drink drinks drank drinking        boit boivent bu boire                    hnp pet,horse water
read reads read reading            lit lisent lu lire                       hnpsm person book,letter,newspaper
write writes wrote writing         écrit écrivent écrit écrire              npsm person letter,book
see sees saw -                     voit voient vu voir      pm person,animal animal,boat,church,bridge,car,tree,house,train,flower
look_for looks_for looked_for looking_for cherche cherchent cherché chercher npsm person pet,key,hat,book,letter,coat,box,newspaper,bike,glass
find finds found -                 trouve trouvent trouvé trouver           psm person key,hat,book,letter,coat,box,egg,owl,mouse,bike,pet
buy buys bought buying             achète achètent acheté acheter           hnpsm person food,milk,coffee,tea,newspaper,flower
buy buys bought buying             achète achètent acheté acheter           npsm person book,hat,coat,car,boat,bike,chair,lamp,house,plate,table,horse
sell sells sold selling            vend vendent vendu vendre                hnpsm adult food,flower
sell sells sold selling            vend vendent vendu vendre                npsm adult car,boat,bike,house,horse,chair,hat,lamp
open opens opened opening          ouvre ouvrent ouvert ouvrir              hnpsm person door,window,box,letter
close closes closed closing        ferme ferment fermé fermer               hnpsm person door,window,box,book
carry carries carried carrying     porte portent porté porter               npsm person box,chair,lamp,plate,table,book
help helps helped helping          aide aident aidé aider                   hnpsm person person
wait_for waits_for waited_for waiting_for attend attendent attendu attendre hnpsm person adult,train,letter
wash washes washed washing         lave lavent lavé laver                   hnpsm person car,glass,plate,dog,window,bike,table
break breaks broke breaking        casse cassent cassé casser               p person,cat glass,plate,lamp,window,chair
know knows knew -                  connaît connaissent - -                  h person adult,village,hotel
like likes liked -                 aime aiment - -                          h person -
have has - -                        a ont - -                                h person own
give gives gave giving             donne donnent donné donner               npsm person book,letter,apple,orange,flower,cake,key,hat,newspaper
show shows showed showing          montre montrent montré montrer           npsm person book,letter,flower,house,garden,boat,horse,hat,car
send sends sent sending            envoie envoient envoyé envoyer           npsm person letter,book,flower,newspaper
talk talks talked talking          parle parlent parlé parler               hnpsm person -
arrive arrives arrived arriving    arrive arrivent arrivé arriver           hps person,train -
go goes went going                 va vont allé aller                       hnpm person -
come_back comes_back came_back coming_back revient reviennent revenu revenir hnpsm person -
leave leaves left leaving          part partent parti partir                hnpsm person,train -
stay stays stayed staying          reste restent resté rester               hnpsm person,pet -
fall falls fell falling            tombe tombent tombé tomber               p child,glass,plate,book,hat,box,lamp,key,apple,egg -
say says said -                    dit disent - -                           h person -
think thinks thought -             pense pensent - -                        h person -
"""

ETRE = {"arrive", "go", "come back", "leave", "stay", "fall"}


def _nouns() -> dict[str, Noun]:
    rows = [line.split() for line in NOUN_TABLE.strip().splitlines()]
    return {row[0]: Noun(*row[:5], _listed(row[5]), _listed(row[6])) for row in rows}


def _adjectives() -> dict[str, Adjective]:
    rows = [line.split() for line in ADJECTIVE_TABLE.strip().splitlines()]
    return {row[0]: Adjective(row[0], tuple(row[1:5]), row[5] == "before") for row in rows}


def _verbs() -> list[Verb]:
    cells = [[cell.replace("_", " ") for cell in line.split()]
             for line in VERB_TABLE.strip().splitlines()]
    return [Verb(*row[:8], row[0] in ETRE, row[8], _listed(row[9]), _listed(row[10]))
            for row in cells]


def _listed(cell: str) -> tuple[str, ...]:
    return () if cell == "-" else tuple(cell.split(","))


# English, French, the tenses that go with it, whether it stands at the end too
TIMES = (
    ("yesterday|a", "hier|a", "past", True),
    ("last|a week|b", "la|b semaine|b dernière|a", "past", True),
    ("this|a morning|b", "ce|a matin|b", "past", True),
    ("on|a monday|a", "lundi|a", "past soon", True),
    ("on|a sunday|a", "dimanche|a", "past soon", True),
    ("now|a", "maintenant|a", "now", False),
    ("today|a", "aujourd'hui|a", "now", True),
    ("every|a day|b", "tous|a les|a jours|b", "habit", True),
    ("every|a morning|b", "tous|a les|a matins|b", "habit", True),
    ("in|a summer|b", "en|a été|b", "habit", True),
    ("in|a winter|b", "en|a hiver|b", "habit", True),
    ("tomorrow|a", "demain|a", "soon", True),
    ("tonight|a", "ce|a soir|a", "soon", True),
)

# English, French, the places that it goes with, whether "a" may follow
PLACES = {
    "in": ("in|p", "dans|p", "garden house kitchen village forest street", False),
    "at": ("at|p", "à|p", "market station hotel hospital bank", False),
    "to": ("to|p", "à|p", "market station hotel hospital bank church village river", False),
    "from": ("from|p", "de/d'|p", "market station hotel hospital bank church village river forest "
             "garden island", False),
    "near": ("near|p", "près|p de/d'|p",
             "river church bridge house school station hotel forest tree island", True),
    "behind": ("behind|p", "derrière|p", "house church school hotel station tree", True),
    "before": ("in|p front|p of|p", "devant|p", "house church school hotel station bank hospital",
               True),
    "under": ("under|p", "sous|p", "tree bridge", True),
    "on": ("on|p", "sur|p", "table chair box", False),
    "below": ("under|p", "sous|p", "table chair bridge tree car", False),
    "inside": ("in|p", "dans|p", "box kitchen car", False),
    "water": ("in|p", "dans|p", "river", False),
}

NOUNS, ADJECTIVES, VERBS = _nouns(), _adjectives(), _verbs()


def nouns_of(*kinds: str) -> list[Noun]:
    """The nouns that are named, or of one of these kinds."""
    return [noun for noun in NOUNS.values() if {noun.one, *noun.kinds} & {*kinds}]
