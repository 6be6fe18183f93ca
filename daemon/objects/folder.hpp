// SPDX-License-Identifier: Apache-2.0
// Folder: the objects of one kind, one for each id. Only sources of this folder include it.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>

#include "daemon/objects/changes.hpp"
#include "daemon/objects/desk.hpp"

namespace pegasus::daemon {

/// `Object` has announce() and retire(), which send InterfacesAdded and InterfacesRemoved.
template <class Object>
class Folder {
public:
    /// Makes what is missing with `make(id)`, and lets go what is not in `ids`. Not from a handler of such an object.
    template <class Make>
    void sync(const std::set<std::string>& ids, Make make) {
        std::erase_if(objects_, [&](const auto& entry) {
            if (ids.contains(entry.first)) return false;
            entry.second->retire();
            return true;
        });
        for (const auto& id : ids) {
            if (objects_.contains(id)) continue;
            auto object = make(id);
            object->announce();
            objects_.emplace(id, std::move(object));
        }
    }
    [[nodiscard]] Object* find(const std::string& id) const {
        const auto it = objects_.find(id);
        return it != objects_.end() ? it->second.get() : nullptr;
    }
    template <class F>
    void each(F function) const {
        for (const auto& [id, object] : objects_) function(*object);
    }

private:
    std::map<std::string, std::unique_ptr<Object>> objects_;
};

/// The part that all objects have in common. `Adaptor` is generated from the XML.
template <class Adaptor>
class Exported : public sdbus::AdaptorInterfaces<Adaptor> {
public:
    Exported(Desk& desk, const std::string& path)
        : sdbus::AdaptorInterfaces<Adaptor>(desk.connection(), sdbus::ObjectPath(path)), desk_(desk) {}
    Exported(const Exported&) = delete;
    Exported& operator=(const Exported&) = delete;

    /// InterfacesAdded, with all properties.
    void announce() {
        told_ = changing();
        desk_.appeared(this->getObject());
    }
    void retire() { desk_.disappears(this->getObject()); }
    /// PropertiesChanged for those that are not as they were told last; nothing when all are.
    void tell() {
        auto now = changing();
        const auto names = differences(told_, now);
        if (names.empty()) return;
        told_ = std::move(now);
        desk_.changed(this->getObject(), Adaptor::INTERFACE_NAME, names);
    }

protected:
    ~Exported() = default;

    /// The properties that are not constant, as their getters say now.
    [[nodiscard]] virtual bus::Dict changing() = 0;

    template <class F, class... R>
    void serve(const char* member, sdbus::Result<R...>&& reply, F work) {
        desk_.serve(this->getObject(), Adaptor::INTERFACE_NAME, member, std::move(reply), std::move(work));
    }

    /// Sends a signal of the adaptor.
    template <class F>
    void emit(F send) {
        desk_.signal(send);
    }

    Desk& desk_;

private:
    bus::Dict told_;
};

}  // namespace pegasus::daemon
