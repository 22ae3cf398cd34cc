# Prints what zsh offers at the end of a line, one a line: zsh -f complete.zsh SCRIPT LINE
# The completion of zsh works only in its line editor, so a zsh in a pseudo terminal is asked.
zmodload zsh/zpty
zpty shell "PS1= zsh -f -i"
zpty -w shell "autoload -Uz compinit && compinit -u -D; source $1; print RE''ADY"
while zpty -r shell line; do [[ $line == *READY* ]] && break; done
# With -O, -A or -D compadd only fills an array.
zpty -w shell '
compadd() {
    if [[ ${@[1,(i)(-|--)]} == *-(O|A|D)\ * ]]; then builtin compadd "$@"; return; fi
    local -a offers
    builtin compadd -A offers "$@"
    builtin compadd "$@"
    local offer
    for offer in $offers; do print -r -- "OF""FER:$offer"; done
}
bindkey "^I" complete-word
finish() { print "EN""D"; compstate[insert]=; compstate[list]=; }
comppostfuncs=(finish)
print LI""STENS'
while zpty -r shell line; do [[ $line == *LISTENS* ]] && break; done
zpty -w -n shell "$2"$'\t'
while zpty -r shell line; do
    line=${line//[$'\r\n']/}
    [[ $line == *OFFER:* ]] && print -r -- ${line##*OFFER:}
    [[ $line == *END* ]] && break
done
zpty -d shell
