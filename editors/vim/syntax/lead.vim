" Colours for Fairlead. Follows the language as docs describe it: literals first, then what is declared, then steps,
" policies and tests. Where two items match at one place Vim takes the one that is defined last, and a `keyword` item
" before either; so only words that are reserved everywhere are keywords here, and all others are matches that give
" way to a name: a field may be called `limit`, and `contact.plan` is no step.
if exists("b:current_syntax")
  finish
endif
let s:cpo_save = &cpo
set cpo&vim
syntax case match

" A word that is neither after a dot nor before a colon. Names are snake_case, so `_` must not end one: \< and \> see to it.
function! s:words(group, list)
  execute 'syntax match ' . a:group . ' /\.\@1<!\<\%(' . join(split(a:list), '\|') . '\)\>\%(\s*:\)\@!/'
endfunction

" The first word of a clause: at the start of a line, after a brace, a comma, or the two spaces that set clauses apart.
function! s:openers(group, list)
  execute 'syntax match ' . a:group . ' /\%(^\s*\|[{},]\s*\|\s\s\)\@40<=\<\%(' . join(split(a:list), '\|')
        \ . '\)\>\ze\s\+[^ :=.,)]/'
endfunction

" --- Reserved everywhere ----------------------------------------------------------------------------------------------
syntax keyword leadCondition  when where each
syntax keyword leadOperatorWord and or not in is exists between
syntax keyword leadBoolean    true false
syntax keyword leadNone       none

" --- Clauses, wherever they stand -------------------------------------------------------------------------------------
call s:words('leadClause', 'toward enter leave again rollout pause within from predict bands under baseline target'
      \ . ' holdout worth reach without learn explore forget capacity least most before after until since because'
      \ . ' otherwise applies waivable shadow limit every shares\? prove sure'
      \ . ' by at as on of to for up per with across above below over than first then best loaded round robin half-life'
      \ . ' last hand never not needed')
call s:openers('leadClause', 'lint owner budget currency time to consent content reports cost secret get post put patch'
      \ . ' delete basic bearer form json header query answer idempotency receive verify retry subject body text prompt name version connector'
      \ . ' prompt stage option variant play start at move adopt key default')
call s:words('leadEffect', 'message spend publish retract write effect returns')
syntax match leadClause /\d\s\+\zs\%(times\|plays\)\>/
syntax match leadClause /\<\%(days\?\|hours\?\|weeks\?\)\s\+\zsapart\>/
syntax match leadClause /\<beyond\>\s*$/
syntax match leadClause /\<time zone\>\ze\s\+"/
" Texts that are several, written by a model, or in a file.
syntax match leadClause /\.\@1<!\<one of\>\ze\s*{/
syntax match leadClause /\.\@1<!\<write with\>\ze\s\+\h/
syntax match leadClause /\.\@1<!\<file\>\ze\s\+"/
syntax match leadClause /\d\s\+\zscharacters\>/

" --- Labels and modifiers of fields -----------------------------------------------------------------------------------
call s:words('leadModifier', 'private sensitive protected complete fresh fixed zone transactional generated')
syntax match leadModifier /^\s*\zskey\ze\s\+\h\w*\s*:/
" After a type these are modifiers even where a `:` comes later on the line; before one they are names.
syntax match leadField /\<\h\w*\ze\s*:\%([^:]\|$\)/

" --- Steps ------------------------------------------------------------------------------------------------------------
call s:words('leadStep', 'send wait choose split approve assign follow stop allocate repeat release')
call s:openers('leadStep', 'plan play option variant stage set let for do give steps if else')
syntax match leadStep /\.\@1<!\<\%(steps\|plan\|do\|if\|else\|let\|option\|variant\|play\|stage\)\>\ze\s\+[^ :=.,)|]/
syntax match leadStep /\<else\>\ze\s*{/
syntax match leadStep /^\s*\zsstop\s*$/

" --- Policies ---------------------------------------------------------------------------------------------------------
call s:words('leadVerb', 'forbid require allow ban keep prove deciding defer hold skip waive')
syntax match leadVerb /\%(:\s*\%(prove\s\+\)\?\)\@20<=\<limit\>/
syntax match leadVerb /^\s*\zsdefault\s\+forbid\>/

" --- Tests and simulations --------------------------------------------------------------------------------------------
call s:openers('leadTrial', 'given expect contacts run after set when')
syntax match leadTrial /\<leads to\>/
syntax match leadTrial /\<seed\>\ze\s\+\d/
syntax match leadTrial /\<nothing sent\>/

" --- Functions over history -------------------------------------------------------------------------------------------
syntax match leadFunction /\.\@1<!\<\%(count\|sum\|last\|since\s\+last\|seen\|idle\|rate\|link\|now\|today\)\>\ze\s*(/
syntax match leadCall     /\%(\<do\s\+\)\@10<=\h\w*\ze\s*(/

" --- Types ------------------------------------------------------------------------------------------------------------
syntax match leadType /\<\u\w*\>?\?/

" --- Declarations -----------------------------------------------------------------------------------------------------
syntax match leadDeclaration
      \ /^\s*\zs\%(project\|record\|event\|segment\|role\|team\|score\|points\|goal\|channel\|connector\|action\|model\|workflow\|policy\|type\|content\)\>\ze\s\+\h/
      \ nextgroup=leadName skipwhite
syntax match leadDeclaration /^\s*\zs\%(test\|simulate\)\>\ze\s\+"/
syntax match leadDeclaration /^\s*\zsuse\>\ze\s\+\h/ nextgroup=leadPath skipwhite
syntax match leadName /\h\w*/ contained
syntax match leadPath /\h\w*\%(\.\h\w*\)*/ contained

" --- Literals ---------------------------------------------------------------------------------------------------------
syntax match leadNumber   /\w\@1<!\d[0-9_]*\%(\.\d\+\)\?%\?/
syntax match leadDuration /\w\@1<!\d[0-9_]*\%(\.\d\+\)\?\s\+\%(second\|minute\|hour\|day\|week\|month\)s\?\>/
syntax match leadMoney    /[$€£]\d[0-9_]*\%(\.\d\+\)\?/
syntax match leadMoney    /\<\u\{3}\s\+\d[0-9_]*\%(\.\d\+\)\?/
syntax match leadTime     /\w\@1<!\d\{2}:\d\{2}\%(:\d\{2}\)\?\>/
syntax match leadTime     /\w\@1<!\d\{4}-\d\{2}-\d\{2}\%(T\d\{2}:\d\{2}\%(:\d\{2}\)\?\%(Z\|[+-]\d\{2}:\d\{2}\)\?\)\?/
syntax match leadOperator #[=!<>]=\|[-+*/<>=|?]#

" --- Text, with holes -------------------------------------------------------------------------------------------------
syntax cluster leadExpression contains=leadOperatorWord,leadBoolean,leadNone,leadFunction,leadNumber,leadDuration,
      \leadMoney,leadTime,leadOperator,leadText,leadCondition
syntax match  leadEscape /\\[nt"\\{}]\|\\u{\x\+}/ contained
syntax region leadHole matchgroup=leadHoleBrace start=/{/ end=/}/ contained oneline contains=@leadExpression
syntax region leadText start=/"/ end=/"/ end=/$/ contains=leadEscape,leadHole
syntax region leadText start=/"""/ end=/"""/ contains=leadEscape,leadHole

" --- Comments ---------------------------------------------------------------------------------------------------------
syntax match leadComment    "//.*$" contains=@Spell
syntax match leadDocComment "///.*$" contains=@Spell

highlight default link leadCondition    Conditional
highlight default link leadOperatorWord Operator
highlight default link leadOperator     Operator
highlight default link leadBoolean      Boolean
highlight default link leadNone         Constant
highlight default link leadDeclaration  Structure
highlight default link leadName         Identifier
highlight default link leadPath         Include
highlight default link leadClause       Keyword
highlight default link leadEffect       Keyword
highlight default link leadModifier     StorageClass
highlight default link leadField        Identifier
highlight default link leadStep         Statement
highlight default link leadVerb         Statement
highlight default link leadTrial        Statement
highlight default link leadFunction     Function
highlight default link leadCall         Function
highlight default link leadType         Type
highlight default link leadNumber       Number
highlight default link leadDuration     Number
highlight default link leadMoney        Number
highlight default link leadTime         Number
highlight default link leadText         String
highlight default link leadEscape       SpecialChar
highlight default link leadHoleBrace    Delimiter
highlight default link leadComment      Comment
highlight default link leadDocComment   SpecialComment

" A long text in quotes or a long workflow: look back far enough to know where a `"""` began.
syntax sync minlines=100

let b:current_syntax = "lead"
let &cpo = s:cpo_save
unlet s:cpo_save
delfunction s:words
delfunction s:openers
