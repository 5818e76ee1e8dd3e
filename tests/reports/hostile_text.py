"""Text that tries to be more than text."""

HOSTILE = (
    "<script>alert(1)</script>",
    "</script><img src=x onerror=alert(1)>",
    '"><svg onload=alert(1)>',
    '=HYPERLINK("http://evil.example","click")',
    "+cmd|' /C calc'!A0",
    "-2+3",
    "@SUM(1)",
    "\x1b[31mred\x1b]0;title\x07",
    "safe\u202egnp.exe",
    "\u200f\u2067right to left",
    "`code` | **bold** [link](javascript:alert(1)) <b>",
    "{{ 7 * 7 }} {% raw %} ${7*7}",
    "two\nlines\r\n# heading",
    "\u2028separator\u2029",
    "n" * 1_000_000,
)
