" Asks Vim, place by place, for the group of a word in sample.lead. An expectation is [line's text, word, group]; the
" word is the first of its kind after the start of that text.
let s:expected = [
      \ ['/// Turns',                'Turns',       'leadDocComment'],
      \ ['use std',                  'use',         'leadDeclaration'],
      \ ['use std',                  'std',         'leadPath'],
      \ ['project acme',             'acme',        'leadName'],
      \ ['time zone "',              'time',        'leadClause'],
      \ ['under     can_spam',       'under',       'leadClause'],
      \ ['// policies of',           'policies',    'leadComment'],
      \ ['record contact',           'record',      'leadDeclaration'],
      \ ['key email',                'key',         'leadModifier'],
      \ ['key email',                'email',       'leadField'],
      \ ['key email',                'Email',       'leadType'],
      \ ['key email',                'private',     'leadModifier'],
      \ ['country:    Country',      '98%',         'leadNumber'],
      \ ['plan:       free',         'plan',        'leadField'],
      \ ['limit:      Number',       'limit',       'leadField'],
      \ ['mrr:        Money',        '$2_000',      'leadMoney'],
      \ ['mrr:        Money',        'fresh',       'leadModifier'],
      \ ['mrr:        Money',        '24 hours',    'leadDuration'],
      \ ['action create_deal',       'create_deal', 'leadName'],
      \ ['action create_deal',       'title',       'leadField'],
      \ ['action create_deal',       'returns',     'leadEffect'],
      \ ['sms { text "Hi',           'text',        'leadClause'],
      \ ['sms { text "Hi',           'Hi',          'leadText'],
      \ ['sms { text "Hi',           'contact',     'leadHole'],
      \ ['sms { text "Hi',           ' or ',        'leadHole'],
      \ ['sms { text "Hi',           'or "there',   'leadOperatorWord'],
      \ ['sms { text "Hi',           'there',       'leadText'],
      \ ['sms { text "Hi',           '\\n',         'leadEscape'],
      \ ['sms { text "Hi',           '//acme',      'leadText'],
      \ ['sms { text "Hi',           ' }$',         ''],
      \ ['workflow whitepaper',      'whitepaper',  'leadName'],
      \ ['workflow whitepaper',      'for',         'leadClause'],
      \ ['toward  qualified',        'toward',      'leadClause'],
      \ ['enter   on',               'where',       'leadCondition'],
      \ ['enter   on',               'event',       ''],
      \ ['enter   on',               '==',          'leadOperator'],
      \ ['limit   messages',         'limit',       'leadClause'],
      \ ['steps {',                  'steps',       'leadStep'],
      \ ['wait up to',               'wait',        'leadStep'],
      \ ['wait up to',               '3 days',      'leadDuration'],
      \ ['otherwise { send',         'otherwise',   'leadClause'],
      \ ['otherwise { send',         'send',        'leadStep'],
      \ ['choose offer',             'choose',      'leadStep'],
      \ ['explore at least',         'explore',     'leadClause'],
      \ ['option demo when',         'option',      'leadStep'],
      \ ['option demo when',         'when',        'leadCondition'],
      \ ['option rest',              'option',      'leadStep'],
      \ ['if contact.plan',          'if',          'leadStep'],
      \ ['if contact.plan',          'plan',        ''],
      \ ['if contact.plan',          'is',          'leadOperatorWord'],
      \ ['let made',                 'let',         'leadStep'],
      \ ['let made',                 'do',          'leadStep'],
      \ ['let made',                 'create_deal', 'leadCall'],
      \ ['let made',                 'title',       'leadField'],
      \ ['let made',                 'JPY 500',     'leadMoney'],
      \ ['    stop',                 'stop',        'leadStep'],
      \ ['policy brand',             'brand',       'leadName'],
      \ ['no_consent:',              'no_consent',  'leadField'],
      \ ['no_consent:',              'prove',       'leadVerb'],
      \ ['no_consent:',              'forbid',      'leadVerb'],
      \ ['no_consent:',              'send',        'leadStep'],
      \ ['no_consent:',              'because',     'leadClause'],
      \ ['night_texts:',             '21:00',       'leadTime'],
      \ ['night_texts:',             'between',     'leadOperatorWord'],
      \ ['night_texts:',             'defer',       'leadVerb'],
      \ ['frequency:',               'limit',       'leadVerb'],
      \ ['test "a withdrawn',        'test',        'leadDeclaration'],
      \ ['given contact',            'given',       'leadTrial'],
      \ ['expect nothing',           'expect',      'leadTrial'],
      \ ['case pro',                 'case',        'leadTrial'],
      \ ['case pro',                 'expect',      'leadTrial'],
      \ ['case pro',                 'sent',        'leadTrial'],
      \ ['case pro',                 'left',        'leadTrial'],
      \ ['contacts 500',             'like',        'leadTrial'],
      \ ['contacts 500',             '40%',         'leadNumber'],
      \ ['sent(welcome)',            'leads',       'leadTrial'],
      \ ['run 30 days',              '30 days',     'leadDuration'],
      \ ['run 30 days',              'seed',        'leadTrial'],
      \ ]

let s:wrong = []
if &filetype !=# 'lead'
  call add(s:wrong, 'sample.lead has filetype "' . &filetype . '"')
endif
if &commentstring !=# '// %s' || &shiftwidth != 2 || &formatprg !=# 'fairlead format -'
  call add(s:wrong, 'the filetype plugin did not set its options')
endif
for [s:text, s:word, s:group] in s:expected
  let s:line = search('\V\C' . escape(s:text, '\'), 'nw')
  let s:from = match(getline(s:line), '\V\C' . escape(s:text, '\'))
  let s:at = match(getline(s:line), '\C' . escape(s:word, '$'), s:from)
  if s:word ==# ' }$'
    let s:at = match(getline(s:line), ' }$')
  endif
  if s:line == 0 || s:at < 0
    call add(s:wrong, printf('no "%s" after "%s" in the sample', s:word, s:text))
    continue
  endif
  let s:seen = synIDattr(synID(s:line, s:at + 1, 1), 'name')
  if s:seen !=# s:group
    call add(s:wrong, printf('line %d: "%s" is %s, not %s', s:line, s:word, empty(s:seen) ? 'plain' : s:seen,
          \ empty(s:group) ? 'plain' : s:group))
  endif
endfor

call writefile(s:wrong + [printf('%d places looked at, %d wrong', len(s:expected), len(s:wrong))], g:report)
if empty(s:wrong)
  qall!
endif
cquit!
