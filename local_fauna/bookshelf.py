"""Real authors and works for the sample database."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Author:
    """An author with the works that the shop sells, each with its year of publication."""

    name: str
    born: date
    language: str
    works: tuple[tuple[str, int], ...]


AUTHORS = (
    Author("Jane Austen", date(1775, 12, 16), "en", (("Pride and Prejudice", 1813), ("Emma", 1815))),
    Author("Honoré de Balzac", date(1799, 5, 20), "fr", (("Le Père Goriot", 1835), ("Illusions perdues", 1843))),
    Author("Charlotte Brontë", date(1816, 4, 21), "en", (("Jane Eyre", 1847), ("Villette", 1853))),
    Author("Emily Brontë", date(1818, 7, 30), "en", (("Wuthering Heights", 1847),)),
    Author("Anton Chekhov", date(1860, 1, 29), "ru", (("Чайка", 1896), ("Вишнёвый сад", 1904))),
    Author("Kate Chopin", date(1850, 2, 8), "en", (("The Awakening", 1899),)),
    Author("Wilkie Collins", date(1824, 1, 8), "en", (("The Woman in White", 1860), ("The Moonstone", 1868))),
    Author("Joseph Conrad", date(1857, 12, 3), "en", (("Heart of Darkness", 1899), ("Lord Jim", 1900))),
    Author("Grazia Deledda", date(1871, 9, 28), "it", (("Elias Portolu", 1903), ("Canne al vento", 1913))),
    Author("Charles Dickens", date(1812, 2, 7), "en", (("Bleak House", 1853), ("Great Expectations", 1861))),
    Author("Fyodor Dostoevsky", date(1821, 11, 11), "ru", (("Идиот", 1869), ("Братья Карамазовы", 1880))),
    Author("Alexandre Dumas", date(1802, 7, 24), "fr", (("Le Comte de Monte-Cristo", 1846),)),
    Author("George Eliot", date(1819, 11, 22), "en", (("Middlemarch", 1871), ("Daniel Deronda", 1876))),
    Author("Gustave Flaubert", date(1821, 12, 12), "fr", (("Madame Bovary", 1857), ("Salammbô", 1862))),
    Author("Theodor Fontane", date(1819, 12, 30), "de", (("Effi Briest", 1895), ("Der Stechlin", 1898))),
    Author("Elizabeth Gaskell", date(1810, 9, 29), "en", (("Cranford", 1853), ("North and South", 1855))),
    Author("Johann Wolfgang von Goethe", date(1749, 8, 28), "de", (("Faust", 1808),)),
    Author("Nikolai Gogol", date(1809, 4, 1), "ru", (("Шинель", 1842), ("Мёртвые души", 1842))),
    Author("Thomas Hardy", date(1840, 6, 2), "en", (("Tess of the d'Urbervilles", 1891),)),
    Author("Nathaniel Hawthorne", date(1804, 7, 4), "en", (("The Scarlet Letter", 1850),)),
    Author("Victor Hugo", date(1802, 2, 26), "fr", (("Notre-Dame de Paris", 1831), ("Les Misérables", 1862))),
    Author("Henry James", date(1843, 4, 15), "en", (("The Turn of the Screw", 1898), ("The Ambassadors", 1903))),
    Author("Selma Lagerlöf", date(1858, 11, 20), "sv", (("Gösta Berlings saga", 1891), ("Jerusalem", 1901))),
    Author("Joaquim Machado de Assis", date(1839, 6, 21), "pt", (("Dom Casmurro", 1899),)),
    Author("Herman Melville", date(1819, 8, 1), "en", (("Moby-Dick", 1851), ("Billy Budd", 1924))),
    Author("Natsume Sōseki", date(1867, 2, 9), "ja", (("坊っちゃん", 1906), ("こころ", 1914))),
    Author("Benito Pérez Galdós", date(1843, 5, 10), "es", (("Fortunata y Jacinta", 1887),)),
    Author("Edgar Allan Poe", date(1809, 1, 19), "en", (("The Fall of the House of Usher", 1839),)),
    Author("Alexander Pushkin", date(1799, 6, 6), "ru", (("Евгений Онегин", 1833),)),
    Author("George Sand", date(1804, 7, 1), "fr", (("Indiana", 1832), ("La Mare au diable", 1846))),
    Author("Mary Shelley", date(1797, 8, 30), "en", (("Frankenstein", 1818), ("The Last Man", 1826))),
    Author("Robert Louis Stevenson", date(1850, 11, 13), "en", (("Treasure Island", 1883), ("Kidnapped", 1886))),
    Author("Bram Stoker", date(1847, 11, 8), "en", (("Dracula", 1897),)),
    Author("Leo Tolstoy", date(1828, 9, 9), "ru", (("Война и мир", 1869), ("Анна Каренина", 1878))),
    Author("Mark Twain", date(1835, 11, 30), "en", (("Adventures of Huckleberry Finn", 1884),)),
    Author("Jules Verne", date(1828, 2, 8), "fr", (("Vingt mille lieues sous les mers", 1870),)),
    Author("Edith Wharton", date(1862, 1, 24), "en", (("Ethan Frome", 1911), ("The Age of Innocence", 1920))),
    Author("Oscar Wilde", date(1854, 10, 16), "en", (("The Picture of Dorian Gray", 1890),)),
    Author("Émile Zola", date(1840, 4, 2), "fr", (("L'Assommoir", 1877), ("Germinal", 1885))),
)
