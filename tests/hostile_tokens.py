"""Tokens that would do harm if they were anything but text, or hide, or turn what is beside them.

What would run sets `window.hacked`.
"""

HOSTILE = [
    "<script>window.hacked = 1</script>", "</script>", "<!--", "-->", "<![CDATA[", "]]>", "<b>",
    "<img src=x onerror='window.hacked = 1'>", "<svg onload=window.hacked=1>", "</style>",
    "</title>", "<iframe srcdoc='<script>parent.hacked = 1</script>'>", "</noscript>",
    "javascript:window.hacked=1", "&lt;", "&amp;", "&#60;script&#62;", "'", '"', "`", "\\",
    "\\u003cscript\\u003e", "${window.hacked = 1}", "{{7*7}}", "{title}", "%s", "$x^2$", "\x00",
    "\x1b[31m", "\n", "\r\n", "\t", " ", "   ", "", "\u2028", "\u2029", "\u200b", "\u200d",
    "\ufeff", "\u202e", "\u2066abc", "\u202eabc\u202c", "\u0301", "e" + "\u0301" * 200,
    "x" * 100_000, "\ud800", "\U000e0041", "\uffff", "شلوم", "\"}]; window.hacked = 1; //",
    "*/ alert(1) /*", "__proto__",
]
