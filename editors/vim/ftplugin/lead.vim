" How Vim edits Fairlead: comments, two spaces of indent, and `gq` through the formatter.
if exists("b:did_ftplugin")
  finish
endif
let b:did_ftplugin = 1

setlocal comments=:///,://
setlocal commentstring=//\ %s
setlocal formatoptions-=t formatoptions+=croql
setlocal expandtab shiftwidth=2 softtabstop=2 tabstop=2
setlocal autoindent smartindent
setlocal suffixesadd=.lead
" `gq` hands lines to the formatter, which wants whole declarations: `gggqG` formats the file.
setlocal formatprg=fairlead\ format\ -

let b:undo_ftplugin = "setlocal comments< commentstring< formatoptions< expandtab< shiftwidth< softtabstop<"
      \ . " tabstop< autoindent< smartindent< suffixesadd< formatprg<"
