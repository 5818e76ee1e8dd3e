"""Chinese inputs on which other tools fail, and near misses beside them."""

import pytest

from corpus_audit.pii.finder import Finder

FOUND = [  # text, kind, what must be found of it
    ("邮箱zhangsan@example.com", "email", "zhangsan@example.com"),
    ("联系zhang.san@example.com谢谢", "email", "zhang.san@example.com"),
    ("邮箱：zhangsan＠example.com", "email", "zhangsan＠example.com"),
    ("请发到邮箱zhangsan@example.com。谢谢", "email", "zhangsan@example.com"),
    ("卡号4111111111111111", "bank_card", "4111111111111111"),
    ("卡号6222020000000000谢谢", "bank_card", "6222020000000000"),  # no Luhn: found, but low
    ("银行卡6212262502009182455已绑定", "bank_card", "6212262502009182455"),  # 19 digits
    ("电话：13800138000", "cn_mobile", "13800138000"),
    ("电话： 13800138000", "cn_mobile", "13800138000"),
    ("手机号13812345678", "cn_mobile", "13812345678"),
    ("手机号：13812345678谢谢", "cn_mobile", "13812345678"),
    ("138-1234-5678", "cn_mobile", "138-1234-5678"),
    ("+8613812345678", "cn_mobile", "+8613812345678"),
    ("１３８１２３４５６７８", "cn_mobile", "１３８１２３４５６７８"),
    ("身份证110101199003074514", "cn_resident_id", "110101199003074514"),
    ("身份证11010119900307002X号", "cn_resident_id", "11010119900307002X"),
    ("身份证号110101900307451，请核对", "cn_resident_id", "110101900307451"),
    ("身份證號碼：１１０１０１１９９００３０７４５１４", "cn_resident_id", "１１０１０１１９９００３０７４５１４"),
    ("京A12345D停在门口", "cn_number_plate", "京A12345D"),
    ("统一社会信用代码91230184MA1BUFLT44", "cn_social_credit_code", "91230184MA1BUFLT44"),
    ("持军字第2001988号证件", "cn_military_id", "军字第2001988号"),
    ("姓名,手机号,护照号\n王小明,13912341234,E12345678", "cn_passport", "E12345678"),
    ("公 民 身 份 号 码 110101199003074514", "cn_resident_id", "110101199003074514"),
    ("转诊单：任柏熙，1984年1月14日出生", "birth_date", "1984年1月14日"),
    ("请发到北京市海淀区中关村大街27号1101室", "cn_address", "北京市海淀区中关村大街27号1101室"),
]  # fmt: skip


@pytest.fixture(scope="module")
def finder() -> Finder:
    return Finder()


@pytest.mark.parametrize(("text", "kind", "value"), FOUND)
def test_what_others_miss_beside_han_characters_is_found(finder, text, kind, value):
    (matches,) = finder.matches([text])
    assert (kind, value) in {(match.kind, text[match.start : match.end]) for match in matches}


REFUSED = [
    ("身份证110101199003074515", "cn_resident_id"),  # wrong check digit
    ("身份证11010119900307451X", "cn_resident_id"),
    ("身份证110101199002304516", "cn_resident_id"),  # no 30 February
    ("身份证123456199003074514", "cn_resident_id"),  # no such division
    ("卡号4111111111111112", "bank_card"),
    ("卡号6212262502009182456", "bank_card"),
    ("统一社会信用代码91230184MA1BUFLT45", "cn_social_credit_code"),
    ("统一社会信用代码91230184MA1BUFLI44", "cn_social_credit_code"),  # no letter I
    ("手机号12812345678", "cn_mobile"),  # no such segment
    ("手机号1381234567", "cn_mobile"),
    ("圆周率3.13812345678901", "cn_mobile"),
    ("订单号13812345678", "cn_mobile"),
    ("commit a13812345678bc", "cn_mobile"),
    ("座机0000-82345678", "cn_landline"),
    ("宁AD1234555555", "cn_number_plate"),
    ("ISBN 978-7-115-42802-8", "phone"),
    ("版本1.2.3.4已发布", "ip_address"),
    ("微信版本更新以后太难用了", "wechat_id"),
    ("QQ空间打不开了", "qq"),
    ("密码长度至少8位", "password"),
    ("password = getpass.getpass('x')", "password"),
    ("女士们、先生们，大会现在开始", "person_name"),
    ("患者须知：就诊时请携带病历本", "person_name"),
    ("国家市场监督管理总局令第20号公布", "cn_address"),
    ("npm i @scope/pkg@1.2.3", "email"),
    ("logo@2x.png", "email"),
    ("本办法自2018年6月21日生效", "birth_date"),
    ("iban GB82 WEST 1234 5698 7654 33", "iban"),
]


@pytest.mark.parametrize(("text", "kind"), REFUSED)
def test_what_only_looks_like_an_identifier_is_not_counted(finder, text, kind):
    (matches,) = finder.matches([text])
    assert kind not in {m.kind for m in matches if m.level != "low"}


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("电话13800138000", "cn_mobile"), ("电话13888888888", "cn_mobile"),
        ("卡号4111 1111 1111 1111", "bank_card"), ("user@example.com", "email"),
        ("git@github.com", "email"), ("服务器192.168.1.13", "ip_address"),
        ("身份证11010519491231002X", "cn_resident_id"), ("ssn 078-05-1120", "us_ssn"),
        ("https://user:password@example.com/x", "url_credentials"),
    ],
)  # fmt: skip
def test_placeholders_are_marked(finder, text, kind):
    (matches,) = finder.matches([text])
    assert [m.placeholder for m in matches if m.kind == kind] == [True]


SECRETS = [
    ("AccessKeyId=LTAI5tQnKxVb7RmZcYw3pLdF", "cloud_token"),
    ("aws AKIAQ4XN2ZKJ7M5PWLRT", "cloud_token"),
    ("令牌ghp_aB3dE5fG7hI9jK1lM2nO4pQ6rS8tU0vW2xY4", "git_token"),
    ("token glpat-x7Kq9mZr2Lw4Vb6Nc8Dp", "git_token"),
    ("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9P", "jwt"),
    ("postgres://admin:s3cr3tPw9@db.corp.cn:5432/x", "url_credentials"),
    ("DB_PASSWORD=xK9#mQ2vLp", "password"),
    ("-----BEGIN RSA PRIVATE KEY-----\nMIIEpAIBAAKCAQEAx7Kq9mZr2Lw4Vb6Nc8Dp\n"
     "-----END RSA PRIVATE KEY-----", "private_key"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "kind"), SECRETS)
def test_secrets_are_found_and_their_public_look_alikes_are_not(finder, text, kind):
    (matches,) = finder.matches([f"配置：{text} 。"])
    assert kind in {m.kind for m in matches}


@pytest.mark.parametrize(
    "text",
    ["-----BEGIN PUBLIC KEY-----\nMIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8A\n-----END PUBLIC KEY-----",
     "eyJhbGciOiJIUzI1NiJ9", "sha1 2fd4e1c67a2d28fced849ee1bb76e7391b93eb12",
     "token = os.environ['TOKEN']", "secret: ${SECRET_FROM_VAULT_2024}"],
)  # fmt: skip
def test_public_keys_hashes_and_references_are_no_secrets(finder, text):
    (matches,) = finder.matches([text])
    assert not [m for m in matches if m.level != "low" and not m.placeholder]
