"""Language and script of documents, beside langdetect."""

import re

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from langdetect import detector_factory

from corpus_audit.detectors.language import LanguageDetector
from corpus_audit.text.buffers import Utf8
from corpus_audit.text.language import LANGUAGES, SCRIPT_CODES, detect
from corpus_audit.text.language_profiles import ALPHA, CANDIDATES, SCALE, WIDTH, load_profile
from corpus_audit.text.language_scoring import MAX_CHARS, score
from corpus_audit.text.scripts import CLASS, SCRIPTS, load_classes

SENTENCES = {
    ("en", "Latn"): "The committee will publish its report next week. Nobody expects surprises.",
    ("de", "Latn"): "Der Ausschuss wird seinen Bericht nächste Woche veröffentlichen. Wir warten.",
    ("fr", "Latn"): "Le comité publiera son rapport la semaine prochaine. Personne ne s'étonne.",
    ("es", "Latn"): "El comité publicará su informe la próxima semana. Nadie espera sorpresas.",
    ("pt", "Latn"): "A comissão vai publicar o seu relatório na próxima semana. Não há surpresas.",
    (
        "it",
        "Latn",
    ): "Il comitato pubblicherà la sua relazione la prossima settimana, come previsto.",
    ("nl", "Latn"): "De commissie zal haar verslag volgende week publiceren. Niemand is verrast.",
    ("pl", "Latn"): "Komisja opublikuje swój raport w przyszłym tygodniu. Nikt się nie dziwi.",
    ("cs", "Latn"): "Výbor zveřejní svou zprávu příští týden. Nikdo neočekává překvapení.",
    (
        "sv",
        "Latn",
    ): "Kommittén kommer att offentliggöra sin rapport nästa vecka. Ingen är förvånad.",
    ("fi", "Latn"): "Komitea julkaisee raporttinsa ensi viikolla. Kukaan ei odota yllätyksiä.",
    ("hu", "Latn"): "A bizottság jövő héten közzéteszi a jelentését. Senki sem lepődik meg.",
    ("tr", "Latn"): "Komite raporunu gelecek hafta yayımlayacak. Kimse sürpriz beklemiyor.",
    ("id", "Latn"): "Komite akan menerbitkan laporannya minggu depan. Tidak ada yang terkejut.",
    ("vi", "Latn"): "Ủy ban sẽ công bố báo cáo vào tuần tới. Không ai ngạc nhiên về điều đó.",
    ("ru", "Cyrl"): "Комитет опубликует свой доклад на следующей неделе. Никто не удивится.",
    ("uk", "Cyrl"): "Комітет оприлюднить свій звіт наступного тижня. Ніхто не здивується.",
    ("bg", "Cyrl"): "Комисията ще публикува доклада си следващата седмица. Никой не е изненадан.",
    ("ar", "Arab"): "ستنشر اللجنة تقريرها في الأسبوع المقبل. لا أحد يتوقع مفاجآت.",
    ("fa", "Arab"): "کمیته گزارش خود را هفته آینده منتشر خواهد کرد. هیچ‌کس شگفت‌زده نمی‌شود.",
    ("ur", "Arab"): "کمیٹی اگلے ہفتے اپنی رپورٹ شائع کرے گی۔ کسی کو حیرت نہیں ہوگی۔",
    ("hi", "Deva"): "समिति अगले सप्ताह अपनी रिपोर्ट प्रकाशित करेगी। किसी को आश्चर्य नहीं होगा।",
    ("mr", "Deva"): "समिती पुढील आठवड्यात आपला अहवाल प्रसिद्ध करणार आहे. कोणालाही आश्चर्य वाटणार नाही.",
    ("el", "Grek"): "Η επιτροπή θα δημοσιεύσει την έκθεσή της την επόμενη εβδομάδα.",
    ("he", "Hebr"): "הוועדה תפרסם את הדוח שלה בשבוע הבא. איש אינו מופתע.",
    ("th", "Thai"): "คณะกรรมการจะเผยแพร่รายงานในสัปดาห์หน้า",
    ("ko", "Kore"): "위원회는 다음 주에 보고서를 발표할 예정이다. 아무도 놀라지 않는다.",
    ("ja", "Jpan"): "委員会は来週、報告書を公表する予定です。",
    ("zh", "Hans"): "委员会将于下周公布报告，没有人感到意外。",
    ("zh", "Hant"): "委員會將於下週公佈報告，沒有人感到意外。",
    ("zh", "Hani"): "山高月小，水落石出。",
    ("bo", "Tibt"): "བོད་སྐད་ཡིག་",
    ("ta", "Taml"): "குழு அடுத்த வாரம் தனது அறிக்கையை வெளியிடும்.",
}

SNIPPETS = (
    "The quick ", "ABC Def XYz", "naïve café ", "l·l ", "Tiếng Viê\u0323t a\u0301\u0303 ", "漢字",
    "http://a.b/c?d=e", "https://", "xhttps://q ", "see http:x", "me.you@site.org", "@", "a@b",
    "@@", "x@.y", "http://u@v.w", "a@bc.de@fg", "é@host.net", "2024-05-06 ", "—“”…", "的", "  ",
    "\n", "ŞșȚț ", "ÀÉ", "it's ", "\u00a0", "«»", "😀", "\u0301",
)  # fmt: skip
snippets = st.lists(st.sampled_from(SNIPPETS) | st.text("abehtps:/@._- ÀàA", max_size=9)).map(
    "".join
)


def utf8(*documents: str) -> Utf8:
    return Utf8.of(pa.array(documents, pa.large_string()))


def answers(*documents: str) -> list[tuple[str, str]]:
    found = detect(*utf8(*documents))
    return [
        (LANGUAGES[language], SCRIPT_CODES[script])
        for language, script in zip(found.language, found.script, strict=True)
    ]


def reference(text: str, script: str) -> np.ndarray:
    """Log-odds of a script's languages by langdetect's own n-grams, summed in plain Python."""
    detector_factory.init_factory()
    factory = detector_factory._factory
    detector = factory.create()
    detector.append(text)
    columns = [factory.langlist.index(code) for code in CANDIDATES[script]]
    total = np.zeros(len(columns))
    for gram in detector._extract_ngrams():
        classes = load_classes()[[ord(char) for char in gram]] & CLASS
        if np.isin(classes, [0, SCRIPTS.index(script)]).all():
            chances = np.array(factory.word_lang_prob_map[gram])[columns]
            total += np.log1p(chances / ALPHA)
    return total


@pytest.mark.parametrize(("expected", "text"), SENTENCES.items(), ids=lambda v: str(v)[:12])
def test_sentences(expected, text):
    assert answers(text) == [expected]


@given(snippets)
def test_scores_are_those_of_langdetects_n_grams(text):
    assume(not re.search(r"@\S*https?://", text))  # see `_normalise`
    scores, _ = score(utf8(text), np.array([0]), "Latin")
    expected = reference(text, "Latin")
    found = scores[0, : len(expected)] / SCALE
    assert np.abs(found - expected).max() <= (len(text) + 1) / SCALE


@pytest.mark.parametrize("script", CANDIDATES)
def test_scores_in_every_script_that_languages_share(script):
    texts = [text for (code, _), text in SENTENCES.items() if code in CANDIDATES[script]]
    scores, _ = score(utf8(*texts), np.arange(len(texts)), script)
    for row, text in enumerate(texts):
        expected = reference(text, script)
        found = scores[row, : len(expected)] / SCALE
        assert np.abs(found - expected).max() <= (len(text) + 1) / SCALE


def test_langdetect_agrees_on_sentences_of_its_languages():
    detector_factory.init_factory()
    factory = detector_factory._factory
    for (code, _), text in SENTENCES.items():
        if code not in factory.langlist:
            continue
        seen = set()
        for factory.seed in range(3):
            detector = factory.create()
            detector.append(text)
            seen.add(detector.detect())
        assert code in seen, text


@pytest.mark.parametrize(
    "text",
    ["", " \n", "12345 67.89", "{}[]();\n//***", "ok", "的", "https://example.com/a/long/path",
     "someone.with.a.long.name@example.com", "Ꭰ" * 30, "😀" * 40],
)  # fmt: skip
def test_too_little_to_tell(text):
    assert answers(text)[0][0] == "und"


def test_script_of_an_undetermined_text():
    assert answers("", "ok", "的") == [("und", "Zyyy"), ("und", "Latn"), ("und", "Hani")]


def test_chinese_among_code_and_a_quotation_among_english():
    code = "def count_chars(offsets, data): return out\n"
    english = "The character 道 is usually rendered as the way, though no translation suffices. "
    assert answers("调用下面的函数，返回每个文档的字符数量：\n" + code, english) == [
        ("zh", "Hans"),
        ("en", "Latn"),
    ]


def test_a_few_kana_do_not_make_japanese():
    assert answers("优质の生活从这里开始，欢迎各位新老顾客光临本店选购商品")[0][0] == "zh"


def test_only_the_beginning_counts():
    english = SENTENCES["en", "Latn"] + " "
    chinese = SENTENCES["zh", "Hans"]
    assert answers(english * (MAX_CHARS // len(english) + 1) + chinese * 5000)[0] == ("en", "Latn")


documents = st.lists(st.sampled_from([*SENTENCES.values(), "", "ok", "https://a.bc/d"]) | snippets)


@given(documents, st.data())
def test_neighbours_never_matter(texts, data):
    column = pa.array(texts, pa.large_string())
    whole = detect(*Utf8.of(column))
    cut = data.draw(st.integers(0, len(texts)))
    parts = [detect(*Utf8.of(piece)) for piece in (column.slice(0, cut), column.slice(cut))]
    for field, pieces in zip(whole, zip(*parts, strict=True), strict=True):
        assert field.tolist() == np.concatenate(pieces).tolist()


def test_a_profile_fits_its_types():
    for script, codes in CANDIDATES.items():
        profile = load_profile(script)
        assert len(codes) <= WIDTH == profile.rows.shape[1]
        assert len(profile.rows) <= 0x10000 and len(profile.step) <= 0x10000
        assert not profile.rows[0].any() and profile.rows.min() == 0


def test_every_language_of_langdetect_can_be_answered():
    detector_factory.init_factory()
    known = {code.split("-")[0] for code in detector_factory._factory.langlist}
    assert known <= set(LANGUAGES)


def test_detector_adds_two_columns(make_batch):
    detector = LanguageDetector({})
    batch = make_batch(SENTENCES["en", "Latn"], SENTENCES["zh", "Hant"], "7")
    columns = detector.scan(batch).columns
    assert columns["language"].to_pylist() == ["en", "zh", "und"]
    assert columns["script"].to_pylist() == ["Latn", "Hant", "Zyyy"]
    assert [(spec.name, spec.type) for spec in detector.columns] == [
        (name, column.type) for name, column in columns.items()
    ]
    assert detector.digest == LanguageDetector({}).digest


def test_detector_takes_an_empty_batch(make_batch):
    assert [len(column) for column in LanguageDetector({}).scan(make_batch()).columns.values()] == [
        0,
        0,
    ]
