"""Kinds of personal data and secrets in the synthetic set, and what a labelled span covers."""

from __future__ import annotations

from typing import NamedTuple


class Kind(NamedTuple):
    floor: float  # precision and recall asked for on the test half
    name: str
    span: str  # what the labelled span covers


CHECKED, COMMON, CONTEXT = 0.97, 0.95, 0.85

KINDS: dict[str, Kind] = {
    "cn_resident_id": Kind(CHECKED, "resident identity number", "18 or 15 characters"),
    "cn_mobile": Kind(COMMON, "mobile number", "number with its +86 / 0086"),
    "cn_landline": Kind(CONTEXT, "landline", "area code, number, extension"),
    "bank_card": Kind(CHECKED, "bank card", "number with its separators"),
    "cn_passport": Kind(CONTEXT, "passport", "letters and digits"),
    "cn_hk_macao_permit": Kind(CONTEXT, "mainlander's permit, HK/Macao", "letters and digits"),
    "cn_taiwan_permit": Kind(CONTEXT, "mainlander's permit, Taiwan", "letter and digits"),
    "hk_macao_home_return_permit": Kind(CONTEXT, "home-return permit", "letter and digits"),
    "tw_compatriot_permit": Kind(CONTEXT, "Taiwan compatriot permit", "digits"),
    "cn_hmt_residence_permit": Kind(CHECKED, "HK/Macao/Taiwan residence permit", "18 characters"),
    "cn_foreigner_residence_card": Kind(CHECKED, "permanent residence card", "18 or 15 characters"),
    "cn_driving_licence": Kind(CONTEXT, "driving licence", "licence number or file number"),
    "cn_military_id": Kind(CONTEXT, "military identity card", "from the first character to 号"),
    "cn_number_plate": Kind(CONTEXT, "number plate", "plate with its separator"),
    "cn_social_credit_code": Kind(CHECKED, "unified social credit code", "18 characters"),
    "wechat_id": Kind(CONTEXT, "WeChat id", "the id"),
    "qq": Kind(CONTEXT, "QQ number", "digits"),
    "alipay": Kind(CONTEXT, "Alipay account", "the account: a mobile number or an e-mail"),
    "email": Kind(COMMON, "e-mail address", "local part to top-level domain"),
    "cn_address": Kind(CONTEXT, "postal address", "first division to the last number"),
    "person_name": Kind(CONTEXT, "person's name", "the name, no title"),
    "birth_date": Kind(CONTEXT, "date of birth", "the date"),
    "medical_record": Kind(CONTEXT, "medical record number", "the number with its letters"),
    "cn_social_insurance": Kind(CONTEXT, "social insurance number", "the number with its letter"),
    "coordinates": Kind(CONTEXT, "precise coordinates", "both numbers and what joins them"),
    "private_key": Kind(CONTEXT, "private key", "-----BEGIN to the last dash of END"),
    "cloud_token": Kind(CONTEXT, "cloud access key", "the key"),
    "git_token": Kind(CONTEXT, "Git hosting token", "the token"),
    "jwt": Kind(CONTEXT, "JSON web token", "three parts and their dots"),
    "url_credentials": Kind(CONTEXT, "URL with a password", "scheme to the end of the URL"),
    "password": Kind(CONTEXT, "password", "the value, no key word, no quotes"),
}

# (kind of the truth, kind predicted) pairs that count as right by default. The value alone does
# not tell these apart: a driving licence bears the resident number, an Alipay account is a phone
# number or an e-mail, and a detector without Chinese kinds says "phone".
EQUIVALENT: frozenset[tuple[str, str]] = frozenset(
    {
        ("cn_driving_licence", "cn_resident_id"),
        ("cn_social_insurance", "cn_resident_id"),
        ("alipay", "cn_mobile"),
        ("alipay", "email"),
        ("cn_mobile", "phone"),
        ("cn_landline", "phone"),
        ("alipay", "phone"),
    }
)
