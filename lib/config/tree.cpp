// SPDX-License-Identifier: Apache-2.0
// The tree is built from the parser's events: its own tree keeps the first of two equal keys without a word.
#include "config/tree.hpp"

#include <fmt/format.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <map>
#include <optional>
#include <sstream>
#include <unordered_map>

namespace pegasus::config {
namespace {

constexpr std::size_t kMaxDepth = 32;
constexpr std::size_t kMaxNodes = 20'000;
/// The parser's scanner looks ahead to the end of a bracket, and takes some 200 bytes for each mark on the way.
constexpr std::ptrdiff_t kMaxMarks = 40'000;
constexpr std::string_view kMarks = "[]{},:?&*!\"'";
constexpr std::size_t kMaxKeys = 1'000;  // of one map: whoever reads it may look for each

Place placeOf(const YAML::Mark& mark) { return {mark.line + 1, mark.column + 1}; }

class Builder final : public YAML::EventHandler {
public:
    Builder(std::string_view file, std::vector<TreeProblem>& problems) : file_(file), problems_(problems) {}

    void OnDocumentStart(const YAML::Mark& mark) override {
        if (++documents_ > 1) stop(mark, "a further document begins here: a configuration is one document");
    }
    void OnDocumentEnd() override {}
    void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
        put(finished(make(Node::Kind::Null, mark, anchor), anchor), mark);
    }
    void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
        count(mark, 1);
        const auto named = anchors_.find(anchor);
        if (named == anchors_.end()) stop(mark, "an alias inside of what it names");
        put(named->second, mark);
    }
    void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor, const std::string& value) override {
        checkTag(mark, tag);
        auto node = make(Node::Kind::Scalar, mark, anchor);
        node->text = value;
        put(finished(std::move(node), anchor), mark, tag == "?" && value == "<<");
    }
    void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                         YAML::EmitterStyle::value) override {
        open(Node::Kind::List, mark, tag, anchor);
    }
    void OnSequenceEnd() override { close(); }
    void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                    YAML::EmitterStyle::value) override {
        open(Node::Kind::Map, mark, tag, anchor);
    }
    void OnMapEnd() override {
        merge();
        close();
    }
    [[nodiscard]] NodePtr root() const { return root_; }

private:
    struct Key {
        std::string text;
        Place place;
        bool merge = false;
        bool dropped = false;  ///< it has been complained about
    };
    struct Frame {
        std::shared_ptr<Node> node;
        YAML::Mark mark;
        YAML::anchor_t anchor = 0;
        std::optional<Key> key;  ///< whose value comes next
        std::unordered_map<std::string, Place> seen;
        std::vector<std::pair<Place, NodePtr>> merges;
    };

    [[noreturn]] static void stop(const YAML::Mark& mark, const std::string& text) {
        throw YAML::ParserException(mark, text);
    }
    void complain(Place place, std::string text) { problems_.push_back({place, std::move(text)}); }

    void count(const YAML::Mark& mark, std::size_t more) {
        nodes_ += more;
        if (nodes_ > kMaxNodes) stop(mark, fmt::format("more than {} values: this is no configuration", kMaxNodes));
    }

    void checkTag(const YAML::Mark& mark, const std::string& tag) {
        if (tag.empty() || tag == "?" || tag == "!" || tag == "tag:yaml.org,2002:str") return;
        complain(placeOf(mark), fmt::format("the tag '{}' means nothing here", tag));
    }

    std::shared_ptr<Node> make(Node::Kind kind, const YAML::Mark& mark, YAML::anchor_t anchor) {
        count(mark, 1);
        auto node = std::make_shared<Node>();
        node->kind = kind;
        node->place = placeOf(mark);
        node->anchored = anchor != 0;
        return node;
    }

    NodePtr finished(std::shared_ptr<Node> node, YAML::anchor_t anchor) {
        if (anchor != 0) anchors_.insert_or_assign(anchor, node);
        return node;
    }

    void open(Node::Kind kind, const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor) {
        checkTag(mark, tag);
        if (frames_.size() >= kMaxDepth) stop(mark, fmt::format("more than {} levels: this is no configuration", kMaxDepth));
        Frame frame;
        frame.node = make(kind, mark, anchor);
        frame.mark = mark;
        frame.anchor = anchor;
        frames_.push_back(std::move(frame));
    }

    void close() {
        auto frame = std::move(frames_.back());
        frames_.pop_back();
        put(finished(std::move(frame.node), frame.anchor), frame.mark);
    }

    void put(NodePtr node, const YAML::Mark& mark, bool mergeKey = false) {
        if (frames_.empty()) {
            root_ = std::move(node);
            return;
        }
        auto& frame = frames_.back();
        if (frame.node->kind == Node::Kind::List) {
            frame.node->items.push_back(std::move(node));
        } else if (!frame.key) {
            frame.key = takeKey(frame, *node, mark, mergeKey);
        } else {
            const auto key = *std::exchange(frame.key, std::nullopt);
            if (key.dropped) return;
            if (key.merge) {
                frame.merges.emplace_back(key.place, std::move(node));
            } else {
                frame.node->entries.push_back({key.text, key.place, std::move(node)});
            }
        }
    }

    Key takeKey(Frame& frame, const Node& node, const YAML::Mark& mark, bool mergeKey) {
        Key key{node.text, placeOf(mark), mergeKey, false};
        if (node.kind != Node::Kind::Scalar || node.text.empty()) {
            complain(key.place, "a key is a word");
            key.dropped = true;
            return key;
        }
        if (frame.seen.size() >= kMaxKeys) stop(mark, fmt::format("more than {} keys in a map: this is no configuration", kMaxKeys));
        const auto [first, fresh] = frame.seen.emplace(key.text, key.place);
        if (fresh) return key;
        complain(key.place, fmt::format("{} is given twice: here and at {}:{}:{}", pathTo(key.text), file_,
                                        first->second.line, first->second.column));
        key.dropped = true;
        return key;
    }

    [[nodiscard]] std::string pathTo(const std::string& key) const {
        std::string path;
        for (const auto& frame : frames_)
            if (frame.key) path += frame.key->text + ".";
        return path + key;
    }

    /// YAML's merge key: what is given here comes before what is merged in, and that in its order.
    void merge() {
        auto& frame = frames_.back();
        for (const auto& [place, value] : frame.merges) {
            const bool list = value->kind == Node::Kind::List;
            const auto maps = list ? value->items : std::vector<NodePtr>{value};
            for (const auto& map : maps) {
                if (map->kind != Node::Kind::Map) {
                    complain(place, "<<: expected a map, or a list of maps");
                    continue;
                }
                count(frame.mark, map->entries.size());
                if (frame.seen.size() + map->entries.size() > 2 * kMaxKeys) stop(frame.mark, "too many keys are merged");
                for (const auto& entry : map->entries)
                    if (frame.seen.emplace(entry.key, entry.place).second) frame.node->entries.push_back(entry);
            }
        }
    }

    std::string file_;
    std::vector<TreeProblem>& problems_;
    NodePtr root_;
    std::vector<Frame> frames_;
    std::map<YAML::anchor_t, NodePtr> anchors_;
    std::size_t nodes_ = 0;
    int documents_ = 0;
};

/// Length of the UTF-8 sequence at `at`, 0 if there is none: no surrogates, nothing overlong.
std::size_t sequenceAt(std::string_view text, std::size_t at) {
    const auto byte = [&](std::size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U; };
    const auto follows = [&](std::size_t i, unsigned least = 0x80, unsigned most = 0xBF) {
        return byte(i) >= least && byte(i) <= most;
    };
    const auto first = byte(at);
    if (first < 0x80) return 1;
    if (first >= 0xC2 && first <= 0xDF) return follows(at + 1) ? 2 : 0;
    if (first >= 0xE0 && first <= 0xEF) {
        const unsigned least = first == 0xE0 ? 0xA0 : 0x80;
        const unsigned most = first == 0xED ? 0x9F : 0xBF;
        return follows(at + 1, least, most) && follows(at + 2) ? 3 : 0;
    }
    if (first < 0xF0 || first > 0xF4) return 0;
    const unsigned least = first == 0xF0 ? 0x90 : 0x80;
    const unsigned most = first == 0xF4 ? 0x8F : 0xBF;
    return follows(at + 1, least, most) && follows(at + 2) && follows(at + 3) ? 4 : 0;
}

/// The parser would put a replacement character for what is not UTF-8, and read UTF-16.
std::optional<TreeProblem> checkEncoding(std::string_view text) {
    if (text.starts_with("\xFF\xFE") || text.starts_with("\xFE\xFF")) return TreeProblem{{}, "UTF-16, expected UTF-8"};
    Place place;
    for (std::size_t i = 0; i < text.size();) {
        const auto length = sequenceAt(text, i);
        const auto c = static_cast<unsigned char>(text[i]);
        if (length == 0) return TreeProblem{place, fmt::format("the byte 0x{:02x} is not UTF-8", c)};
        if ((c < ' ' && c != '\t' && c != '\n' && c != '\r') || c == 0x7F)
            return TreeProblem{place, fmt::format("the control character 0x{:02x}", c)};
        ++place.column;
        if (c == '\n') place = {place.line + 1, 1};
        i += length;
    }
    return std::nullopt;
}

/// The first line up to `last` that is indented with a tab: the parser's own words do not mention it.
std::optional<int> tabbedLine(std::string_view text, int last) {
    for (int line = 1; line <= last && !text.empty(); ++line) {
        const auto indent = text.substr(0, text.find_first_not_of(" \t"));
        if (indent.find('\t') != std::string_view::npos) return line;
        const auto end = text.find('\n');
        if (end == std::string_view::npos) return std::nullopt;
        text.remove_prefix(end + 1);
    }
    return std::nullopt;
}

}  // namespace

const Entry* Node::find(std::string_view key) const {
    const auto it = std::ranges::find(entries, key, &Entry::key);
    return it == entries.end() ? nullptr : &*it;
}

Tree parseTree(const std::string& text, std::string_view file) {
    Tree tree;
    tree.root = std::make_shared<Node>();
    if (auto problem = checkEncoding(text)) {
        tree.problems.push_back(std::move(*problem));
        return tree;
    }
    if (std::ranges::count_if(text, [](char c) { return kMarks.find(c) != std::string_view::npos; }) > kMaxMarks) {
        tree.problems.push_back({{}, fmt::format("more than {} brackets, commas and the like: this is no configuration", kMaxMarks)});
        return tree;
    }
    Builder builder(file, tree.problems);
    try {
        std::istringstream in(text);
        YAML::Parser parser(in);
        while (parser.HandleNextDocument(builder)) {}
    } catch (const YAML::Exception& e) {
        const auto place = e.mark.is_null() ? Place{} : placeOf(e.mark);
        if (const auto line = tabbedLine(text, place.line)) {
            tree.problems.push_back({{*line, 1}, "a tab in the indentation, expected spaces"});
        } else {
            tree.problems.push_back({place, e.msg});
        }
    }
    if (builder.root() != nullptr) tree.root = builder.root();
    return tree;
}

}  // namespace pegasus::config
