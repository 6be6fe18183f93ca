# SPDX-License-Identifier: Apache-2.0
# bash completion of pegasusctl, which itself says what may come next.

_pegasusctl() {
    local cur words cword candidates line
    if declare -F _get_comp_words_by_ref >/dev/null; then
        _get_comp_words_by_ref -n :=  cur words cword
    else
        # COMP_WORDS is broken at ":" and "=": the words as they were typed, up to the cursor.
        read -ra words <<<"${COMP_LINE:0:COMP_POINT}"
        [[ ${COMP_LINE:0:COMP_POINT} == *[[:space:]] ]] && words+=("")
        cword=$((${#words[@]} - 1))
        cur=${words[cword]}
    fi
    mapfile -t candidates < <("$1" complete-words "${words[@]:1:cword}" 2>/dev/null)
    COMPREPLY=()
    if [[ ${candidates[0]-} == :file ]]; then
        compopt -o filenames 2>/dev/null
        mapfile -t COMPREPLY < <(compgen -f -- "${cur#*=}")
        return
    fi
    # What stands before "=" is there already.
    local there=""
    [[ $cur == --*=* ]] && there=${cur%%=*}=
    for line in "${candidates[@]}"; do
        line=${line%%$'\t'*}
        COMPREPLY+=("${line#"$there"}")
    done
}

complete -F _pegasusctl pegasusctl
