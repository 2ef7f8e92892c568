// Templates: where holes may stand, that no value gets out of its place, and which files are read.
#include <rapidcheck.h>

#include <boost/test/unit_test.hpp>

#include "tests/compiler/compiling.hpp"

namespace fairlead::compiler {

namespace {

using grammar::Code;

/// A project with one content of one HTML slot, which is a template.
Compiled with_template(const std::string& html, const std::string& name = "page.html",
                       const std::string& slot = "Html") {
  const std::string text =
      testing::project("channel page { consent not needed because \"a test\" content { body: " + slot +
                           " } }\ncontent shown(word: Text, many: Number) { page { body file \"" + name + "\" } }\n",
                       "site: Url\nsnippet: Html\n");
  return compile({grammar::Source("p/test.lead", text)},
                 {"p", [&](const std::string& path) -> tl::expected<std::string, Unread> {
                    if (path != "p/" + name) return tl::unexpected(Unread::absent);
                    return html;
                  }});
}

/// What is sent where the parameter `word` has this value.
std::string rendered_with(const bytecode::Module& module, const std::string& word,
                          const std::string& site = "https://acme.example/a?b=1&c='2'") {
  const vm::Program program(module);
  std::vector<Value> fields(module.fields.size());
  for (std::size_t i = 0; i < fields.size(); ++i) {
    if (module.fields[i].name == "site") fields[i] = Value::text(site);
    if (module.fields[i].name == "snippet") fields[i] = Value::text("<b>&amp;</b>");
  }
  const std::vector<Value> parameters{Value::text(word), Value::of(Decimal::from_int(3))};
  vm::World world;
  world.fields = fields;
  world.parameters = parameters;
  Arena arena;
  const Result<Value> value =
      program.evaluate(module.contents.back().variants.front().slots.front().text, world, arena);
  return value ? std::string(value->as_text()) : "fault: " + describe(value.error());
}

std::string shown(const std::string& html, const std::string& word) {
  const Compiled compiled = with_template(html);
  return compiled.module ? rendered_with(*compiled.module, word) : testing::rendered(compiled);
}

// ---- a second reader of HTML, which knows nothing of the compiler's ------------------------------------------------

/// What a browser would make of well-formed HTML: tags with the names and quotes of their attributes, and for text one
/// mark, whatever it says.
std::vector<std::string> skeleton(const std::string& html) {
  std::vector<std::string> out;
  const auto mark = [&](const std::string& what) {
    if (out.empty() || out.back() != what || what != "text") out.push_back(what);
  };
  std::string raw;  // the element whose content is no HTML
  for (std::size_t i = 0; i < html.size();) {
    const bool ends_raw = !raw.empty() && html.compare(i, raw.size() + 2, "</" + raw) == 0;
    const char next = i + 1 < html.size() ? html[i + 1] : ' ';
    const bool opens = html[i] == '<' && (std::isalpha(static_cast<unsigned char>(next)) || next == '/' || next == '!');
    if (!opens || (!raw.empty() && !ends_raw)) {
      mark("text");
      ++i;
      continue;
    }
    if (html.compare(i, 4, "<!--") == 0) {
      mark("comment");
      i = std::min(html.find("-->", i + 4), html.size() - 3) + 3;
      continue;
    }
    std::string tag = "tag ";
    for (++i; i < html.size() && html[i] != '>';) {
      if (html[i] == '"' || html[i] == '\'') {
        const std::size_t end = html.find(html[i], i + 1);
        tag += html[i];
        i = end == std::string::npos ? html.size() : end + 1;
      } else {
        tag += html[i++];
      }
    }
    ++i;
    mark(tag);
    raw.clear();
    for (const std::string name : {"title", "textarea", "script", "style"}) {
      if (tag.starts_with("tag " + name)) raw = name;
    }
  }
  return out;
}

/// The text of the attribute `name`, character references resolved; of a web address, percent signs too.
std::string attribute(const std::string& html, const std::string& name, bool address) {
  const std::size_t begin = html.find(" " + name + "=\"") + name.size() + 3;
  std::string text = html.substr(begin, html.find('"', begin) - begin);
  for (const auto& [reference, meaning] : std::vector<std::pair<std::string, std::string>>{
           {"&lt;", "<"}, {"&gt;", ">"}, {"&quot;", "\""}, {"&#39;", "'"}, {"&amp;", "&"}}) {
    for (std::size_t at = text.find(reference); at != std::string::npos; at = text.find(reference, at + 1))
      text.replace(at, reference.size(), meaning);
  }
  if (!address) return text;
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out += text[i];
      continue;
    }
    out += static_cast<char>(std::stoi(text.substr(i + 1, 2), nullptr, 16));
    i += 2;
  }
  return out;
}

const std::string every_place =
    "<!DOCTYPE html><html><head><title>For {{ word }}</title><style>b { color: red }</style></head>\n"
    "<body><!-- a comment --><p title=\"{{ word }}\" data-word='{{ word }}'>Hi {{ word }}, {{ many }}!</p>\n"
    "<a href=\"https://acme.example/{{ word }}/demo?x={{ word }}#{{ word }}\">a < b {{ word }}</a>\n"
    "<a href='{{ contact.site }}'>site</a><img alt=\"{{ word }}\" src=\"/{{ word }}.png\"/>\n"
    "<textarea>{{ word }}</textarea><script>let x = \"</b>\";</script>{{ word }}</body></html>";

}  // namespace

BOOST_AUTO_TEST_SUITE(templates_test)

BOOST_AUTO_TEST_CASE(values_are_escaped_by_place) {
  const std::string word = "<b class=\"x\">'&";
  BOOST_TEST(shown("<p>{{ word }}</p>", word) == "<p>&lt;b class=\"x\"&gt;'&amp;</p>");
  BOOST_TEST(shown("<p title=\"{{ word }}\">", word) == "<p title=\"&lt;b class=&quot;x&quot;&gt;&#39;&amp;\">");
  BOOST_TEST(shown("<p title='{{word}}'>", word) == "<p title='&lt;b class=&quot;x&quot;&gt;&#39;&amp;'>");
  BOOST_TEST(shown("<a href=\"https://a.example/?q={{ word }}\">", "a b&c=d/ä") ==
             "<a href=\"https://a.example/?q=a%20b%26c%3Dd%2F%C3%A4\">");
  BOOST_TEST(shown("<a HREF = '{{ contact.site }}'>", "") ==
             "<a HREF = 'https://acme.example/a?b=1&amp;c=&#39;2&#39;'>");
  BOOST_TEST(shown("<a href=\"{{ contact.site }}/x?y={{ word }}\">", "&") ==
             "<a href=\"https://acme.example/a?b=1&amp;c=&#39;2&#39;/x?y=%26\">");
  BOOST_TEST(shown("<a href=\"{{ link(\"https://a.example/?n={word}\") }}\">", "x&y") ==
             "<a href=\"https://a.example/?n=x%26y\">");
  BOOST_TEST(shown("<i>{{ contact.snippet }}</i>", "") == "<i><b>&amp;</b></i>");
  BOOST_TEST(shown("no holes", "") == "no holes");
  BOOST_TEST(shown("", "") == "");
}

BOOST_AUTO_TEST_CASE(two_braces_that_are_none) {
  BOOST_TEST(shown("a \\{{ b }} {{ word }} \\{{", "x") == "a {{ b }} x {{");
  BOOST_TEST(shown("{ { } } }} {", "x") == "{ { } } }} {");
}

BOOST_AUTO_TEST_CASE(no_value_gets_out_of_its_place) {
  const Compiled compiled = with_template(every_place);
  BOOST_REQUIRE_MESSAGE(compiled.module.has_value(), testing::rendered(compiled));
  const std::vector<std::string> wanted = skeleton(rendered_with(*compiled.module, "harmless"));
  BOOST_TEST(wanted.size() > 20U);
  BOOST_TEST(rc::check("the tags and attributes are those of a harmless value", [&] {
    static constexpr std::string_view pieces[] = {
        "<",    ">",        "\"",          "'",        "&",           "/",    "=",   " ",  "-->",
        "<!--", "</title>", "</textarea ", "<script>", "javascript:", "&lt;", "\n",  "{{", "}}",
        "%22",  "\\",       "`",           "onload=",  "x",           "\0",   "]]>", "ä"};
    std::string word = "w";
    for (const std::size_t piece :
         *rc::gen::container<std::vector<std::size_t>>(rc::gen::inRange<std::size_t>(0, std::size(pieces))))
      word += pieces[piece];
    const std::string html = rendered_with(*compiled.module, word);
    RC_ASSERT(skeleton(html) == wanted);
    RC_ASSERT(attribute(html, "title", false) == word);
    RC_ASSERT(attribute(html, "alt", false) == word);
    RC_ASSERT(attribute(html, "src", true) == "/" + word + ".png");
  }));
}

BOOST_AUTO_TEST_CASE(an_address_from_elsewhere_is_looked_at_when_it_is_used) {
  // A contact's Url is checked when it is taken in; here it was not.
  const Compiled compiled = with_template("<a href=\"{{ contact.site }}\">");
  BOOST_REQUIRE(compiled.module.has_value());
  for (const std::string site : {"javascript:alert(1)", " javascript:alert(1)", "java\tscript:x", "data:text/html,x",
                                 "https:evil", "//evil.example", "", "https://", "\x01https://a.example"})
    BOOST_TEST(rendered_with(*compiled.module, "", site).starts_with("fault"), site);
  for (const std::string site : {"https://a.example", "HTTP://a.example", "mailto:a@b.example"})
    BOOST_TEST(rendered_with(*compiled.module, "", site) == "<a href=\"" + site + "\">");
}

BOOST_AUTO_TEST_CASE(places_that_are_not_safe) {
  for (const std::string html : {"<a title={{ word }}>",
                                 "<a title= {{ word }}>",
                                 "<a title=x{{ word }}>",
                                 "<{{ word }}>",
                                 "<p{{ word }}>",
                                 "</{{ word }}>",
                                 "<p {{ word }}=\"x\">",
                                 "<p {{ word }}>",
                                 "<p a{{ word }}=\"x\">",
                                 "<p a=\"x\"{{ word }}>",
                                 "<!-- {{ word }} -->",
                                 "<!--[if mso]>{{ word }}<![endif]-->",
                                 "<!{{ word }}>",
                                 "<!DOCTYPE {{ word }}>",
                                 "<?xml {{ word }}?>",
                                 "</ {{ word }}>",
                                 "<script>{{ word }}</script>",
                                 "<SCRIPT>let a = '{{ word }}'</SCRIPT>",
                                 "<script>'</scriptx>{{ word }}",
                                 "<style>{{ word }}</style>",
                                 "<style>p { color: {{ word }} }</style>",
                                 "<p onclick=\"{{ word }}\">",
                                 "<p ONCLICK='f(\"{{ word }}\")'>",
                                 "<p style=\"color: {{ word }}\">",
                                 "<a href=\"java{{ word }}\">",
                                 "<a href=\"javascript:{{ word }}\">",
                                 "<a href=\"data:{{ word }}\">",
                                 "<a href=\"https://{{ word }}/x\">",
                                 "<a href=\"https://a.{{ word }}/x\">",
                                 "<a href=\"//{{ word }}\">",
                                 "<a href=\"https:{{ word }}\">",
                                 "<a href=\"&#x6a;avascript/{{ word }}\">",
                                 "<a href=\"{{ contact.site }}{{ word }}\">",
                                 "<a href=\"{{ contact.site }}.{{ word }}\">",
                                 "<img srcset=\"{{ word }}\">",
                                 "<iframe src=\"/{{ word }}\">",
                                 "<iframe srcdoc=\"{{ word }}\">",
                                 "<base href=\"/{{ word }}\">",
                                 "<meta http-equiv=\"refresh\" content=\"0;url={{ word }}\">",
                                 "<link href=\"/{{ word }}\">",
                                 "<script src=\"/{{ word }}\"></script>",
                                 "<object data=\"/{{ word }}\">",
                                 "<svg><a title=\"{{ word }}\">",
                                 "<svg>{{ word }}</svg>",
                                 "<math>{{ word }}",
                                 "<title>a <{{ word }}</title>",
                                 "<p newattribute=\"{{ word }}\">",
                                 "<noscript>{{ word }}</noscript>",
                                 "<xmp>{{ word }}"}) {
    const Compiled compiled = with_template(html);
    BOOST_TEST_CONTEXT(html << "\n" << testing::rendered(compiled)) {
      BOOST_REQUIRE(compiled.diagnostics.size() == 1U);
      BOOST_TEST((compiled.diagnostics[0].code == Code::unsafe_hole));
      BOOST_TEST(compiled.files[compiled.diagnostics[0].primary.file].path() == "p/page.html");
    }
  }
}

BOOST_AUTO_TEST_CASE(places_that_are_safe) {
  for (const std::string html : {"a < b {{ word }}",
                                 "<!-- x --> {{ word }}",
                                 "<!--> {{ word }}",
                                 "<!---> {{ word }}",
                                 "<!-- x --!> {{ word }}",
                                 "<!doctype html>{{ word }}",
                                 "<script></script>{{ word }}",
                                 "<script>'</div>'</SCRIPT >{{ word }}",
                                 "<style>a</style\n>{{ word }}",
                                 "<svg><path d=\"M\"/></svg>{{ word }}",
                                 "<svg/>{{ word }}",
                                 "<p title='a\"{{ word }}'>",
                                 "<p a=b c title=\"{{ word }}\">",
                                 "<p a = 'x'title=\"{{ word }}\">",
                                 "<br/>{{ word }}",
                                 "<p / title=\"{{ word }}\">",
                                 "</>{{ word }}",
                                 "<title>a < b {{ word }}</title>{{ word }}",
                                 "<a href=\"mailto:a@b.example?subject={{ word }}\">",
                                 "<a href=\"?q={{ word }}\">",
                                 "<a href=\"demo/{{ word }}\">",
                                 "<a href=\" HTTPS://a.example#{{ word }}\">",
                                 "<a href=\"//a.example/{{ word }}\">",
                                 "<p aria-label=\"{{ word }}\" data-x=\"{{ word }}\">"}) {
    const Compiled compiled = with_template(html);
    BOOST_TEST(compiled.module.has_value(), html << "\n" << testing::rendered(compiled));
  }
}

BOOST_AUTO_TEST_CASE(types_in_holes) {
  const auto codes = [](const std::string& html) {
    std::vector<Code> out;
    for (const grammar::Diagnostic& d : with_template(html).diagnostics) out.push_back(d.code);
    return out;
  };
  BOOST_TEST((codes("{{ contact.first_name }}") == std::vector{Code::optional_used}));
  BOOST_TEST((codes("{{ contact.vip }}") == std::vector{Code::not_text}));
  BOOST_TEST((codes("{{ contact.nobody }}") == std::vector{Code::unknown_field}));
  BOOST_TEST((codes("{{ order }}") == std::vector{Code::unknown_name}));
  BOOST_TEST((codes("<a href=\"{{ word }}\">") == std::vector{Code::type_mismatch}));
  BOOST_TEST((codes("<a title=\"{{ contact.snippet }}\">") == std::vector{Code::type_mismatch}));
  BOOST_TEST((codes("<title>{{ contact.snippet }}</title>") == std::vector{Code::type_mismatch}));
  BOOST_TEST((codes("{{ word") == std::vector{Code::unclosed_text}));
  BOOST_TEST((codes("{{ }} {{ word | x }} {{ #if }} {{ word word }}") ==
              std::vector{Code::syntax, Code::other_notation, Code::other_notation, Code::syntax}));
  BOOST_TEST((codes("\xff") == std::vector{Code::not_utf8}));
}

BOOST_AUTO_TEST_CASE(plain_files_are_plain) {
  const Compiled plain = with_template("a < {{ word }}\n\n", "page.txt", "Text");
  BOOST_REQUIRE_MESSAGE(plain.module.has_value(), testing::rendered(plain));
  BOOST_TEST(rendered_with(*plain.module, "<&>") == "a < <&>\n");
  const Compiled html = with_template("a < {{ word }}\nb\n", "page.txt", "Html");
  BOOST_REQUIRE(html.module.has_value());
  BOOST_TEST(rendered_with(*html.module, "<\n>") == "a &lt; &lt;<br>\n&gt;<br>\nb");
}

BOOST_AUTO_TEST_CASE(a_template_is_a_source_of_the_module) {
  const Compiled compiled = with_template("<p>{{ word }}</p>");
  BOOST_REQUIRE(compiled.module.has_value());
  BOOST_TEST(compiled.module->sources.back().path == "p/page.html");
  BOOST_TEST(compiled.module->sources.back().text == "<p>{{ word }}</p>");
  BOOST_TEST(bytecode::disassemble(*compiled.module).find("source p/page.html") != std::string::npos);
  BOOST_TEST(bytecode::verify(*compiled.module).has_value());
}

BOOST_AUTO_TEST_CASE(only_files_of_the_project) {
  namespace fs = std::filesystem;
  const fs::path folder = fs::temp_directory_path() / "fairlead_templates_test";
  fs::remove_all(folder);
  fs::create_directories(folder / "p/mails");
  const auto write = [&](const std::string& name, const std::string& text) {
    std::ofstream(folder / name, std::ios::binary) << text;
  };
  write("secret.html", "secret");
  write("p/mails/a.html", "a");
  write("p/b.html", "b");
  write("p/large.html", std::string(longest_template + 1, 'x'));
  write("p/most.html", std::string(longest_template, 'x'));
  fs::create_directories(folder / "p/folder.html");
  fs::create_symlink(folder / "secret.html", folder / "p/linked.html");
  fs::create_symlink(folder / "p/b.html", folder / "p/inside.html");
  const auto codes = [&](const std::string& lead, const std::string& file) {
    write("p/main.lead", "");
    fs::remove(folder / "p/mails/main.lead");
    write(lead, testing::project("content x { email { subject \"a\" body file \"" + file + "\" } }\n"));
    std::vector<Code> out;
    for (const grammar::Diagnostic& d :
         compile_path((folder / "p").string(), {.lint = false, .folder = {}}).diagnostics)
      out.push_back(d.code);
    return out;
  };
  const std::vector<Code> fine;
  BOOST_TEST((codes("p/main.lead", "mails/a.html") == fine));
  BOOST_TEST((codes("p/main.lead", "./mails/../b.html") == fine));
  BOOST_TEST((codes("p/mails/main.lead", "../b.html") == fine));
  BOOST_TEST((codes("p/main.lead", "inside.html") == fine));
  BOOST_TEST((codes("p/main.lead", "most.html") == fine));
  for (const std::string file :
       {"../secret.html", "mails/../../secret.html", "/etc/passwd.html", "linked.html", "../p2/x.html"})
    BOOST_TEST((codes("p/main.lead", file) == std::vector{Code::outside_project}), file);
  BOOST_TEST((codes("p/main.lead", (folder / "p/b.html").string()) == std::vector{Code::outside_project}));
  BOOST_TEST((codes("p/main.lead", "absent.html") == std::vector{Code::unreadable_file}));
  BOOST_TEST((codes("p/main.lead", "folder.html") == std::vector{Code::unreadable_file}));
  BOOST_TEST((codes("p/main.lead", "large.html") == std::vector{Code::not_a_template}));
  BOOST_TEST((codes("p/main.lead", "b.pdf") == std::vector{Code::not_a_template}));
  fs::remove_all(folder);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace fairlead::compiler
