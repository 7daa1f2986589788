"""The nouns and adjectives of the corpus en_fr, as tables.

A form "vieux/vieil" has its second shape before a vowel or a mute h (`en_fr_phrases.spelled`
chooses). "-" stands where a form is not used. A French word that would be right in some contexts
only is left out (a big dog is un gros chien; new behind "is" is neuf).
"""

from __future__ import annotations

from functools import cache
from typing import NamedTuple


class Noun(NamedTuple):
    """A noun: singular and plural on both sides, gender, kinds, adjectives beside it."""

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


NOUN_TABLE = """
girl        girls      fille      filles      f person,child    little,young,happy,tired
boy         boys       garçon     garçons     m person,child    little,young,happy,tired
child       children   enfant     enfants     m person,child    young,happy,tired
woman       women      femme      femmes      f person,adult    young,old,tired,happy
man         men        homme      hommes      m person,adult    young,old,tired,happy
teacher     teachers   professeur professeurs m person,adult    young,old,good,new
doctor      doctors    médecin    médecins    m person,adult    young,old,good,new
student     students   étudiant   étudiants   m person,adult    young,good,new,tired
neighbour   neighbours voisin     voisins     m person,adult    old,new
friend      friends    ami        amis        m person,adult,kin  old,good,new
mother      -          mère       -           f person,adult,kin  -
father      -          père       -           m person,adult,kin  -
sister      -          sœur       -           f person,child,kin  little
brother     -          frère      -           m person,child,kin  little
cat         cats       chat       chats       m animal,pet,own  small,old,black,white,beautiful
dog         dogs       chien      chiens      m animal,pet,own  small,old,black,white
bird        birds      oiseau     oiseaux     m animal          small,big,beautiful,white,black,old
horse       horses     cheval     chevaux     m animal,own      old,beautiful,white,black,young,big
mouse       mice       souris     souris      f animal          small,white,old,black
owl         owls       hibou      hiboux      m animal          old,white,beautiful
book        books      livre      livres      m thing,own       old,new,good,red,heavy,beautiful
letter      letters    lettre     lettres     f thing,own       beautiful,old
newspaper   newspapers journal    journaux    m thing           old
key         keys       clé        clés        f thing,own       small,old,new
glass       -          verre      -           m thing           small,clean,empty
plate       plates     assiette   assiettes   f thing,own     clean,white,small,empty,beautiful,new
hat         hats       chapeau    chapeaux    m thing,own       black,red,new,old,big
box         boxes      boîte      boîtes      f thing      small,big,heavy,empty,red,white,black,new
car         cars       voiture    voitures    f thing,own       old,new,red,black,white,clean
boat        boats      bateau     bateaux     m thing,own       small,big,old,new,white,beautiful
bike        bikes      vélo       vélos       m thing,own       old,new,red,small,heavy
chair       chairs     chaise     chaises     f thing           old,white,small,new,red,black
table       tables     table      tables      f thing           big,small,clean,old,heavy,new
door        doors      porte      portes      f thing           old,heavy,closed,open,white,red
window      windows    fenêtre    fenêtres    f thing           small,big,open,closed
flower      flowers    fleur      fleurs      f thing           red,white,beautiful,small
tree        trees      arbre      arbres      m tall            old,big,beautiful,small
train       trains     train      trains      m thing           old,new
bread       -          pain       -           m food,mass       good,hot
cheese      -          fromage    -           m food,mass       good,old
soup        -          soupe      -           f food,mass       good,hot,cold
apple       apples     pomme      pommes      f food,fruit,own  red,small,good
orange      oranges    orange     oranges     f food,fruit,own  small,good
egg         eggs       œuf        œufs        m food,fruit      small
water       -          eau        -           f drink,mass      cold
milk        -          lait       -           m drink,mass      cold,hot
coffee      -          café       -           m drink,mass      hot,good,cold
tea         -          thé        -           m drink,mass      hot,good,cold
house       houses     maison     maisons     f place,own       small,big,old,new,beautiful,white
garden      -          jardin     -           m place,own       small,big,beautiful,old
kitchen     -          cuisine    -           f place           small,clean,big,new
school      -          école      -           f place           new,old,small,big
market      -          marché     -           m place           big,old,small,new
church      -          église     -           f place           old,beautiful,small,white
village     -          village    -           m place           small,old,beautiful
forest      -          forêt      -           f place           big,old,beautiful
river       -          rivière    -           f place           beautiful
bridge      -          pont       -           m place           old,new
hotel       -          hôtel      -           m place           new,old,beautiful,big,good
station     -          gare       -           f place           new,old,big
street      -          rue        -           f place           empty,old,clean
island      -          île        -           f place           small,beautiful
bank        -          banque     -           f place           new,big
hospital    -          hôpital    -           m place           new,old,big
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
red        rouge    rouge     rouges    rouges     after
white      blanc    blanche   blancs    blanches   after
black      noir     noire     noirs     noires     after
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

# an adjective behind "is", and the nouns it is said of
SAID_OF = """
old        car boat house church tree book bridge hotel station table bike school chair hat letter
small      house boat garden kitchen village church school island table box window key
big        house garden kitchen market school station forest hospital church tree boat box horse
beautiful  flower garden house church forest island village boat horse bird river letter tree
good       bread cheese soup coffee tea apple orange hotel book
red        hat car door flower apple box chair bike
white      cat house horse bird door flower plate boat church chair
black      cat dog horse hat car bike bird mouse chair box
clean      plate glass kitchen table car street house window
empty      glass plate box house street train market school
heavy      box book table door chair
expensive  car boat bike hat house hotel bread cheese horse book coffee table
hot        soup bread water milk coffee tea
cold       soup water milk coffee tea
open       door window box market school church bank station hotel
closed     door window box market school church bank station hotel
"""

# Words of two senses, told apart by what follows: English, French, gender; what may follow; the
# adjectives beside it; those behind "is"; verbs that take it as object
SENSE_TABLE = """
magazine chargeur      m rifle                        old,empty    empty,heavy,old   look_for,find
magazine revue         f sea,forest,birds,horses,boats old,new     beautiful,expensive read,buy,give
key      touche        f piano                        white,black  black,white,clean -
key      clé           f to_house,to_door,to_car,to_church old,new small,old,heavy look_for,find
bank     rive          f river                        beautiful    empty,beautiful   see
bank     banque        f village,station,market       new          open,closed,big   see
trunk    tronc         m tree                         beautiful    black,white,heavy -
trunk    coffre        m car                          clean        empty,open,clean  open,close
"""

# What may follow a word of two senses: English, French
FOLLOWING = {
    "rifle": ("of|g the|d rifle|r", "de|g le|d fusil|r"),
    "sea": ("about|g the|d sea|r", "sur|g la|d mer|r"),
    "forest": ("about|g the|d forest|r", "sur|g la|d forêt|r"),
    "birds": ("about|g birds|r", "sur|g les|r oiseaux|r"),
    "horses": ("about|g horses|r", "sur|g les|r chevaux|r"),
    "boats": ("about|g boats|r", "sur|g les|r bateaux|r"),
    "piano": ("of|g the|d piano|r", "de|g le|d piano|r"),
    "to house": ("to|g the|d house|r", "de|g la|d maison|r"),
    "to door": ("to|g the|d door|r", "de|g la|d porte|r"),
    "to car": ("to|g the|d car|r", "de|g la|d voiture|r"),
    "to church": ("to|g the|d church|r", "de|g la/l'|d église|r"),
    "car": ("of|g the|d car|r", "de|g la|d voiture|r"),
    "river": ("of|g the|d river|r", "de|g la|d rivière|r"),
    "village": ("of|g the|d village|r", "de|g le|d village|r"),
    "station": ("near|g the|d station|r", "près|g de|g la|d gare|r"),
    "market": ("near|g the|d market|r", "près|g de|g le|d marché|r"),
    "tree": ("of|g the|d tree|r", "de|g le/l'|d arbre|r"),
}


def listed(cell: str) -> tuple[str, ...]:
    """ "a,b" -> ("a", "b"); "-" is nothing."""
    return () if cell == "-" else tuple(cell.split(","))


def rows(table: str) -> list[list[str]]:
    """The cells of a table of words, line by line."""
    return [[cell.replace("_", " ") for cell in line.split()]
            for line in table.strip().splitlines()]


NOUNS = {row[0]: Noun(*row[:5], listed(row[5]), listed(row[6])) for row in rows(NOUN_TABLE)}
ADJECTIVES = {row[0]: Adjective(row[0], tuple(row[1:5]), row[5] == "before")
              for row in rows(ADJECTIVE_TABLE)}
TWO_SENSES = rows(SENSE_TABLE)
QUALITIES = {row[0]: tuple(row[1:]) for row in rows(SAID_OF)}


@cache
def nouns_of(*kinds: str) -> list[Noun]:
    """The nouns that are named, or of one of these kinds."""
    return [noun for noun in NOUNS.values() if {noun.one, *noun.kinds} & {*kinds}]
