"""Write `sample_data/corpus/` and `sample_data/expected.json` from the sentences below.

The texts were written for this project. What is planted is counted here, while it is planted, so
that `expected.json` states the truth and not what the scanner said.

    python scripts/build_sample_data.py
"""

from __future__ import annotations

import csv
import gzip
import json
import random
import shutil
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

ROOT = Path(__file__).parent.parent / "sample_data"
CORPUS = ROOT / "corpus"

NEWS_ZH = (
    """
市政府昨日召开新闻发布会，通报今年前三季度的经济运行情况。|新建的地铁线路将于下月试运行，沿线共设十二座车站。
气象部门提醒，未来三天有小到中雨，市民出行请带好雨具。|图书馆延长了周末的开放时间，方便学生借阅。
农业专家到田间地头指导春耕，推广节水灌溉技术。|当地医院开展义诊活动，为居民测量血压和血糖。
警方破获一起跨境网络赌博案，抓获犯罪嫌疑人三十余名。|法院公开审理一起贩卖毒品案件，当庭宣判。
公安机关提醒市民警惕刷单类诈骗，不要向陌生账户汇款。|海关查获一批仿真枪，案件正在进一步侦办中。
中学举办科技节，学生们展示了自己设计的机器人。|博物馆新展出一批宋代瓷器，吸引了许多观众。
""".replace("\n", "|")
    .strip("|")
    .split("|")
)
ENCYCLOPEDIA = (
    """
光合作用是绿色植物利用光能把二氧化碳和水合成有机物的过程。|长江是亚洲最长的河流，流经十一个省级行政区。
算盘是一种传统的计算工具，用珠子表示数字。|The water cycle describes how water moves between the sea, the air and the land.
A prime number has exactly two divisors, one and itself.|唐代诗人留下了大量描写山水的作品。
Cocaine was first isolated from coca leaves in the nineteenth century.|海洛因是一种半合成的鸦片类药物，医学上已不使用。
The suffrage movement fought for the right of women to vote.|性教育的内容包括生理知识、避孕方法和疾病预防。
Granite forms when magma cools slowly below the surface.|指南针、造纸术、印刷术和火药并称为四大发明。
""".replace("\n", "|")
    .strip("|")
    .split("|")
)
FORUM_EN = (
    """
Has anyone tried the new firmware on the older router model?|I replaced the hinge with a part from the local shop and it works.
My tomatoes turned yellow after the rain, what should I do?|The second season is slower but the ending is worth it.
You can sort the list by date if you click the header.|We adopted a dog from the shelter and he sleeps all day.
The recipe needs two cups of flour and a pinch of salt.|I quit gambling two years ago and my family is proud of me.
If you feel like hurting yourself, please call a helpline and talk to someone.|Thanks, the patch solved the crash on start.
The hotel was close to the station and the staff were kind.|Does the library lend musical instruments?
""".replace("\n", "|")
    .strip("|")
    .split("|")
)
MARKET_ZH = (
    """
出一台九成新的打印机，自提优先，价格可以商量。|求购二手自行车一辆，车况良好即可。
本店新到一批手工陶杯，欢迎来店里看看。|周末在社区广场有跳蚤市场，摊位免费。
家里的书柜太大了，低价转让，需要自己来搬。|提供搬家服务，按楼层和距离收费。
转让健身房年卡一张，还剩八个月。|手工制作的羊毛围巾，颜色可以定制。
""".replace("\n", "|")
    .strip("|")
    .split("|")
)
BOOK_ZH = (
    """
清晨的雾还没有散，渡口已经有了人声。|老人把船系好，慢慢走上石阶。|他想起许多年前的那个冬天，雪下得很大。
孩子们在巷子里追逐，笑声传得很远。|窗外的桂花开了，屋里也有了香气。|她把信读了两遍，又小心地折好。
""".replace("\n", "|")
    .strip("|")
    .split("|")
)

# What a keyword rule must find; the plain forms first, then writings that try to evade it.
ADS_ZH = [
    "注册送彩金，真人荷官在线发牌，百家乐平台信誉第一。",
    "专业办证刻章，办理毕业证学位证，先出证后付款。",
    "长期出售冰毒，货到付款，支持验货。",
    "同城约炮，学生妹上门，包夜价格面谈。",
    "刷单返利，日赚千元兼职，手机就能做。",
    "正规发票代开，代开增值税发票，点数低。",
    "出售手枪子弹，送货上门，安全可靠。",
    "银行卡四件套，出售对公账户，量大从优。",
    "日韩无码，免费毛片，点击进入网站。",
]
ADS_EVASIVE = [
    "註冊送彩金，真人荷官在線。",  # traditional
    "出售冰\u200b毒，货到付款，老地方见。",  # zero-width space
    "ＦＲＥＥ　ＰＯＲＮ　ＶＩＤＥＯＳ here, no sign up",  # full-width
]
ABUSE_EN = [
    "Buy fake passport and fake id for sale, worldwide shipping.",
    "nobody likes you, go kill yourself",
    "Cloned credit cards for sale, cvv dumps for sale.",
]


class Pool:
    """Documents from sentences, the same at every run."""

    def __init__(self, sentences: list[str], seed: int, joint: str = "") -> None:
        self.random, self.sentences, self.joint = random.Random(seed), sentences, joint

    def document(self, planted: str = "") -> str:
        chosen = self.random.sample(self.sentences, self.random.randint(3, 5))
        if planted:
            chosen.insert(self.random.randint(0, len(chosen)), planted)
        return self.joint.join(chosen)

    def documents(self, count: int, planted: list[str]) -> list[str]:
        slots = self.random.sample(range(count), len(planted))
        at = dict(zip(slots, planted, strict=True))
        return [self.document(at.get(i, "")) for i in range(count)]


def write_jsonl(path: Path, records: list[object]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = (
        r if isinstance(r, bytes) else json.dumps(r, ensure_ascii=False).encode() for r in records
    )
    data = b"".join(line + b"\n" for line in lines)
    path.write_bytes(gzip.compress(data, mtime=0) if path.suffix == ".gz" else data)


def _resident_id(body: str) -> str:
    """Seventeen digits with the check digit of GB 11643."""
    return body + "10X98765432"[sum(int(c) * 2 ** (17 - i) for i, c in enumerate(body)) % 11]


def build() -> dict[str, object]:
    """Write the corpus; what it holds by source, and personal data: documents, distinct values."""
    shutil.rmtree(CORPUS, ignore_errors=True)
    truth: dict[str, dict[str, object]] = {}
    personal: dict[str, dict[str, list[int]]] = {}

    def expect(source: str, documents: int, hits: int, status: str, **skipped: int) -> None:
        truth[source] = {
            "documents": documents, "hit_documents": hits, "status": status, "skipped": skipped,
        }  # fmt: skip

    # news: near misses only (arrests, verdicts, warnings), in two shards
    texts = Pool(NEWS_ZH, 1).documents(120, [])
    for shard in range(2):
        rows = [{"id": f"news-{i}", "text": t, "url": f"https://news.example/{i}"}
                for i, t in enumerate(texts)][shard::2]  # fmt: skip
        write_jsonl(CORPUS / f"news/train-0000{shard}-of-00002.jsonl", rows)
    expect("news", 120, 0, "under")

    # encyclopedia: Parquet, both languages, near misses
    # two articles reserve their rights against the licence of the ledger, one is a list of links
    texts = Pool(ENCYCLOPEDIA, 2, " ").documents(80, [])
    for i in (11, 47):
        texts[i] += " 版权所有，未经许可不得转载。"
    texts[60] = "".join(f"{n}. https://ency.example/entry/{n}\n" for n in range(1, 9))
    table = pa.table({"id": [f"ency-{i}" for i in range(80)], "text": texts,
                      "license": ["CC-BY-4.0"] * 80})  # fmt: skip
    (CORPUS / "encyclopedia").mkdir(parents=True)
    pq.write_table(table, CORPUS / "encyclopedia/part-00000.parquet", row_group_size=32)
    expect("encyclopedia", 80, 0, "under")

    # forum-en: CSV, 3 of 100
    texts = Pool(FORUM_EN, 3, " ").documents(100, ABUSE_EN)
    (CORPUS / "forum-en").mkdir()
    with (CORPUS / "forum-en/posts.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["id", "text", "date"])
        writer.writerows(
            [f"post-{i}", t.replace(". ", ".\n"), "2025-03-01"] for i, t in enumerate(texts)
        )
    expect("forum-en", 100, 3, "under")

    # market-board: 12 of 60, over the limit
    texts = Pool(MARKET_ZH, 4).documents(60, ADS_ZH + ADS_EVASIVE)
    for i in (4, 9, 15, 22, 30, 41, 55):  # one firm's number on seven pages
        texts[i] += "联系电话：15267893041。"
    personal["market-board"] = {"cn_mobile": [7, 1]}
    write_jsonl(
        CORPUS / "market-board/ads.jsonl", [{"id": i, "text": t} for i, t in enumerate(texts)]
    )
    expect("market-board", 60, 12, "over")

    # chat: 2 of 40 is exactly 5 %, which is not over
    texts = Pool(MARKET_ZH + NEWS_ZH, 5).documents(40, [ADS_ZH[0], ADS_EVASIVE[1]])
    asked = ["请介绍一下最近的消息。"] * 40
    asked[5] = "我的手机号是18236457019，帮我查一下快递。"
    asked[12] = "短信请发到 177 0364 5128。"
    asked[26] = f"我的身份证号是{_resident_id('11010519880723451')}，能办理吗？"
    personal["chat"] = {"cn_mobile": [2, 2], "cn_resident_id": [1, 1]}
    # two dialogues lack the user
    rows = [{"service": "问答助手", "user_id": "" if i in (3, 17) else f"u-{i:03d}",
             "messages": [{"role": "user", "content": asked[i]},
                          {"role": "assistant", "content": t}]} for i, t in enumerate(texts)]  # fmt: skip
    write_jsonl(CORPUS / "chat/dialogues.jsonl", rows)
    expect("chat", 40, 2, "under")

    # crawl: compressed, with broken records; what was not seen might be a hit, so undecided
    texts = Pool(NEWS_ZH + ENCYCLOPEDIA, 6, "").documents(60, [ADS_ZH[2]])
    texts[9] += "git clone https://ghp_aB3dE5fG7hI9jK1lM2nO4pQ6rS8tU0vW2xY4@code.example/app.git"
    personal["crawl"] = {"git_token": [1, 1]}
    # three pages lie where robots.txt refused the crawler, two carry noai, one site is blocked
    good: list[object] = [
        {"id": f"page-{i}", "text": t, "collected_at": "2025-03-12T08:00:00Z",
         "url": "https://blocked.example/x" if i == 44 else
                f"https://crawl.example/{'private' if i in (2, 21, 50) else 'page'}/{i}",
         "headers": {"X-Robots-Tag": "noai" if i in (7, 33) else "all"}}
        for i, t in enumerate(texts)
    ]  # fmt: skip
    broken: list[object] = [
        b'{"id": "page-60", "text": "the line ends in the mid',
        b'{"id": "page-61", "text": "\xff\xfe not UTF-8"}',
        b'{"id": "page-62", "text": "half an emoji \\ud83d"}',
        {"id": "page-63", "text": None},
        {"id": "page-64", "text": 64},
        {"id": "page-65", "text": ""},
    ]
    for i, record in enumerate(broken):
        good.insert(10 * i + 5, record)
    write_jsonl(CORPUS / "crawl/2025-03.jsonl.gz", good)
    expect("crawl", 60, 1, "undecided", bad_record=1, invalid_encoding=1, lone_surrogate=1,
           no_text=1, not_a_string=1, empty_text=1)  # fmt: skip

    # qa-synthetic: generated, so each record names model and time
    pool = Pool(ENCYCLOPEDIA, 8, " ")
    rows = [{"instruction": "请用两三句话说明。", "output": pool.document(),
             "model_version": "sample-model-1.0", "generated_at": f"2025-04-{i % 28 + 1:02d}"}
            for i in range(20)]  # fmt: skip
    write_jsonl(CORPUS / "qa-synthetic/answers.jsonl", rows)
    expect("qa-synthetic", 20, 0, "under")

    # books: a tree of texts, tiny
    pool = Pool(BOOK_ZH, 7)
    for i in range(6):
        path = CORPUS / f"books/volume-{i // 3 + 1}/chapter-{i % 3 + 1}.{'md' if i % 2 else 'txt'}"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(pool.document() + "\n" + pool.document() + "\n", encoding="utf-8")
    expect("books", 6, 0, "under")
    return {"sources": truth, "personal": personal}


if __name__ == "__main__":
    expected = build()
    (ROOT / "expected.json").write_text(
        json.dumps(expected, ensure_ascii=False, indent=2, sort_keys=True) + "\n", encoding="utf-8"
    )
    print(f"{sum(s['documents'] for s in expected['sources'].values())} documents")
